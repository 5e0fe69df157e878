// A text to copy, such as an address or a hash: whole for screen readers and the clipboard, short to look at.
import { useState } from 'react';
import { shortAddress } from '../format/address';
import { t } from '../strings';

export function Copy({ text, short = true, label }: { text: string; short?: boolean; label: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2500);
    } catch {
      // Without permission the text can still be selected.
    }
  };
  return (
    <span className="row">
      <code title={text}>{short ? shortAddress(text) : text}</code>
      <button type="button" className="linkish small" onClick={copy} aria-label={t.copy.label(label)}>
        {copied ? t.copy.done : t.copy.copy}
      </button>
    </span>
  );
}
