// A dialog. The browser keeps the focus inside and gives it back.
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { t } from '../strings';

export function Sheet({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const open = dialog.current;
    open?.showModal();
    return () => open?.close();
  }, []);
  // The event comes late: the dialog may be open again by then, as in React's strict mode.
  const closed = () => {
    if (!dialog.current?.open) onClose();
  };
  return (
    <dialog ref={dialog} className="sheet stack" aria-labelledby={heading} onClose={closed}>
      <div className="row spread">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="button little" onClick={onClose}>
          {t.close}
        </button>
      </div>
      {children}
    </dialog>
  );
}
