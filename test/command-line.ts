// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../src/programs/shinrai.ts', import.meta.url));
const nodeFlags = ['--disable-warning=ExperimentalWarning'];
/** The program as people call it in a checkout. */
export const launcher = fileURLToPath(new URL('../shinrai', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
  /** Standard output as one JSON object a line. */
  // Tests look into records of many forms.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly lines: readonly any[];
}

/** Runs the command to its end; `timeoutMs` ends it with SIGKILL, which shows as the code null. */
export function shinrai(
  args: readonly string[],
  options: SpawnOptions & { readonly timeoutMs?: number; readonly input?: string | Uint8Array } = {},
): Promise<Ran> {
  const { timeoutMs = 60_000, input, ...rest } = options;
  return finish(startShinrai(args, { ...rest, timeout: timeoutMs, killSignal: 'SIGKILL' }), input);
}

/** Starts the command; the caller ends it. Runs in a network namespace where one is named. */
export function startShinrai(args: readonly string[], options: SpawnOptions & { readonly namespace?: string } = {}): ChildProcess {
  const { namespace, ...rest } = options;
  const command = [process.execPath, ...nodeFlags, program, ...args];
  const [first = '', ...others] = namespace === undefined ? command : ['ip', 'netns', 'exec', namespace, ...command];
  return spawn(first, others, { stdio: ['pipe', 'pipe', 'pipe'], ...rest });
}

/** Waits for the end of a command that {@link startShinrai} started, with everything it wrote. */
export function finish(child: ChildProcess, input: string | Uint8Array = ''): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const chunks: Record<'out' | 'said', Buffer[]> = { out: [], said: [] };
    child.stdout?.on('data', (chunk: Buffer) => chunks.out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.said.push(chunk));
    child.stdin?.on('error', () => undefined); // it may end without reading
    child.stdin?.end(input);
    child.once('error', reject);
    child.once('close', (code) => {
      const out = Buffer.concat(chunks.out).toString();
      resolve({ code, out, said: Buffer.concat(chunks.said).toString(), lines: parseLines(out) });
    });
  });
}

function parseLines(out: string): Ran['lines'] {
  if (!out.startsWith('{')) return [];
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** A folder for the tests of one file; removed after them. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `shinrai-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
