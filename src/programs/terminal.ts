// SPDX-License-Identifier: Apache-2.0
import { writeSync } from 'node:fs';

/** Where a command's words go: results to `out`, words for people to `say`. */
export interface Terminal {
  /** One line of the result on standard output. */
  out(line: string): void;
  /** One line for people on standard error. */
  say(line: string): void;
  /** Writes what was gathered; done by itself at the end. */
  flush(): void;
  /** Progress of work that takes longer than two seconds; only on a terminal. `share` is 0 … 1, or undefined where the end is unknown. */
  progress(label: string, share: number | undefined): void;
  readonly isTerminal: boolean;
}

const barAfterMs = 2_000;
const barWidth = 30;
const flushBytes = 65_536;

/** The process's own terminal. Output is gathered and written in large pieces; `flush` writes what is left. */
export function openTerminal(nowMs: () => number): Terminal {
  const startedMs = nowMs();
  let pending = '';
  let isBarShown = false;
  const clearBar = (): void => {
    if (isBarShown) process.stderr.write('\r\x1b[K');
    isBarShown = false;
  };
  const flush = (): void => {
    writeAll(pending);
    pending = '';
  };
  return {
    out: (line) => {
      pending += `${line}\n`;
      if (pending.length >= flushBytes) flush();
    },
    say: (line) => {
      clearBar();
      process.stderr.write(`${line}\n`);
    },
    progress: (label, share) => {
      if (process.stderr.isTTY !== true || nowMs() - startedMs < barAfterMs) return;
      const filled = Math.round((share ?? 0) * barWidth);
      const bar = share === undefined ? '' : ` [${'█'.repeat(filled)}${'·'.repeat(barWidth - filled)}] ${Math.floor(share * 100)} %`;
      process.stderr.write(`\r\x1b[K${label}${bar}`);
      isBarShown = true;
    },
    isTerminal: process.stdout.isTTY === true,
    flush: () => {
      clearBar();
      flush();
    },
  };
}

/** Standard output may be a pipe that is full: wait for the reader. A reader that went away (`| head`) ends us quietly. */
function writeAll(text: string): void {
  const bytes = Buffer.from(text);
  for (let offset = 0; offset < bytes.length; ) {
    try {
      offset += writeSync(1, bytes, offset);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw cause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
