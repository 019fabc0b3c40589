// SPDX-License-Identifier: Apache-2.0
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * The command keeps the compiled form of its own code, types stripped, beside the packages it came with: it starts in a third of the
 * processor time. The folder is as trusted as the code: who can write there can run what he likes as whoever starts the command. So it
 * must not be the system's temporary folder, where anyone could put it first. Where it cannot be written, everything is compiled again.
 */
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/shinrai/', import.meta.url)));
// Not a static import: those are compiled before the first line runs.
await import('./command-line.ts');
