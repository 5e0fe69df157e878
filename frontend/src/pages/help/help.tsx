// Help and status: how things are, what keeps money safe, answers, and what a support request needs.
import { helpText } from '../../strings/help';
import { Faq } from './faq';
import './help.css';
import { Safety } from './safety';
import { Status } from './status';
import { Release, Support } from './support';
import { Sent } from './unasked';

export function Help() {
  return (
    <div className="stack help">
      <header className="stack tight">
        <h1>{helpText.title}</h1>
        <p className="lead">{helpText.lead}</p>
      </header>
      <div className="columns">
        <Status />
        <Safety />
      </div>
      <Faq />
      <Sent />
      <div className="columns halves">
        <Support />
        <Release />
      </div>
    </div>
  );
}
