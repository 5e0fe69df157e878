// Help and status: how things are, what keeps money safe, answers, and what a support request needs.
import { t } from '../../strings';
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
        <h1>{t.help.title}</h1>
        <p className="lead">{t.help.lead}</p>
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
