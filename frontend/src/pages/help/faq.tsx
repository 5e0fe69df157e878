// Questions and answers. Each can be linked to: /help#refunds opens that one.
import { useEffect, useState } from 'react';
import { useSite } from '../../api/site';
import { useLive } from '../../api/use';
import { Link } from '../../router';
import { type Answer, helpText } from '../../strings/help';
import { factsOf } from './facts';

export function Faq() {
  const { config } = useLive();
  const site = useSite();
  const linked = useHash();
  return (
    <section className="stack" aria-labelledby="faq">
      <h2 id="faq">{helpText.faq}</h2>
      <div className="card faq">
        {helpText.answers(factsOf(config, site)).map((answer) => (
          <Entry key={answer.id} answer={answer} linked={linked === answer.id} />
        ))}
      </div>
    </section>
  );
}

/** What the address bar names after the #. */
function useHash(): string {
  const [hash, setHash] = useState(() => location.hash.slice(1));
  useEffect(() => {
    const read = () => setHash(location.hash.slice(1));
    addEventListener('hashchange', read);
    addEventListener('popstate', read);
    return () => {
      removeEventListener('hashchange', read);
      removeEventListener('popstate', read);
    };
  }, []);
  return hash;
}

function Entry({ answer, linked }: { answer: Answer; linked: boolean }) {
  const [open, setOpen] = useState(linked);
  useEffect(() => {
    if (!linked) return;
    setOpen(true);
    document.getElementById(answer.id)?.scrollIntoView();
  }, [linked, answer.id]);
  return (
    <details id={answer.id} open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>{answer.question}</h3>
      </summary>
      <div className="stack answer">
        {answer.steps && (
          <ol className="steps-list">
            {answer.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        )}
        {answer.cases && (
          <ul className="steps-list cases">
            {answer.cases.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
        {answer.paragraphs?.filter(Boolean).map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        {answer.code?.map((code) => (
          <p key={code}>
            <code>{code}</code>
          </p>
        ))}
        <p className="row spread small">
          {answer.to ? <Link to={answer.to.path}>{answer.to.text}</Link> : <span />}
          <a href={`#${answer.id}`} className="quiet">
            {helpText.link}
          </a>
        </p>
      </div>
    </details>
  );
}
