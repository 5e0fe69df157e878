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
  return (
    <dialog ref={dialog} className="sheet stack" aria-labelledby={heading} onClose={onClose}>
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
