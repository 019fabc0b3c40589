// SPDX-License-Identifier: Apache-2.0
import './app/styles.ts';
import { createRoot } from 'react-dom/client';

async function start(): Promise<void> {
  // The fake server exists only in `--mode fake`: the condition is a constant, so the production bundle holds none of it.
  if (import.meta.env.MODE === 'fake') {
    const { installFake } = await import('./fake/install.ts');
    installFake();
  }
  const { App } = await import('./app/app.tsx');
  const root = document.getElementById('root');
  if (root === null) throw new Error('Cannot show the console: index.html has no element "root"');
  createRoot(root).render(<App />);
}

void start();
