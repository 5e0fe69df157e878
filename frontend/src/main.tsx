// Starts the page.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { start } from './api/live';
import { App } from './app';
import './styles/base.css';
import './styles/parts.css';

start();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
