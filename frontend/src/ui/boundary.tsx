// Stands between a part that fails and the rest of the page: what could not be loaded or drawn leaves no empty screen.
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { noteError } from '../api/errors';
import { t } from '../strings';

export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    noteError(`drawing: ${error.message} ${info.componentStack?.trim().split('\n')[0] ?? ''}`);
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="card stack" role="alert">
        <h1>{t.broken.title}</h1>
        <p className="quiet">{t.broken.why}</p>
        <p className="row">
          <button type="button" className="button" onClick={() => location.reload()}>
            {t.broken.reload}
          </button>
        </p>
      </div>
    );
  }
}
