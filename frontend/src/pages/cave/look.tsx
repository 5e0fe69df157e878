// A field to look into any wallet's cave.
import { type FormEvent, useId, useState } from 'react';
import { useLive } from '../../api/use';
import { looksLikeAddress } from '../../format/address';
import { go } from '../../router';
import { caveText } from '../../strings/cave';

export function Look() {
  const { config } = useLive();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);
  const id = useId();
  const prefix = config?.prefix ?? '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const address = typed.trim().toLowerCase();
    // Without the event nobody knows the prefix: then the server decides.
    if (config ? looksLikeAddress(address, prefix) : address !== '') go(`/cave/${encodeURIComponent(address)}`);
    else setWrong(true);
  };
  return (
    <form className="card stack tight" onSubmit={submit} noValidate>
      <h2>{caveText.look.title}</h2>
      <div className="field">
        <label htmlFor={id}>{caveText.look.label}</label>
        <div className="look">
          <input
            id={id}
            className="input"
            value={typed}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            enterKeyHint="go"
            aria-invalid={wrong}
            aria-describedby={`${id}-hint`}
            onChange={(event) => {
              setTyped(event.target.value);
              setWrong(false);
            }}
          />
          <button type="submit" className="button">
            {caveText.look.button}
          </button>
        </div>
        <p id={`${id}-hint`} className={`small ${wrong ? 'danger' : 'quiet'}`} role={wrong ? 'alert' : undefined}>
          {wrong ? caveText.look.wrong(prefix) : prefix ? caveText.look.example(prefix) : '\u00a0'}
        </p>
      </div>
    </form>
  );
}
