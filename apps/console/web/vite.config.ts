import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { createMapsPlugin } from './build/maps.ts';
import { createNoticesPlugins } from './build/notices.ts';

const notices = createNoticesPlugins();

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), createMapsPlugin(), notices.pages],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // The content security policy allows fonts and workers from this origin only, so Vite must not inline assets as
    // data: URLs.
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
  },
  worker: { format: 'es', plugins: () => [notices.worker] },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': process.env.CONSOLE_URL ?? 'http://127.0.0.1:8080' },
  },
});
