import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './theme/font.css';
import './theme/page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { followPrinting } from './shared/printing.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
followPrinting();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
