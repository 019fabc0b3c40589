// SPDX-License-Identifier: Apache-2.0
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/**
 * `vite build` makes what the server serves; `vite build --mode fake` the same console over the fake server in the browser (tests, screenshots);
 * `vite --mode fake` the development server over it; `vite` alone passes /api on to a running `shinrai start`.
 */
export default defineConfig(({ mode }) => ({
  plugins: [react()],
  // The server's content security policy allows no inline script and no data: scripts; pictures stay files too.
  build: {
    outDir: mode === 'fake' ? '../.cache/console-fake' : 'dist',
    emptyOutDir: true,
    // Not 'assets': that is a page.
    assetsDir: 'static',
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': process.env['SHINRAI_ADDRESS'] ?? 'http://127.0.0.1:8480' },
  },
}));
