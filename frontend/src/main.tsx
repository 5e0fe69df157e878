// Starts the page.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchErrors } from './api/errors';
import { start } from './api/live';
import { App } from './app';
import './styles/base.css';
import './styles/parts.css';

watchErrors();
start();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
