// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ShinraiError } from '../../base/errors.ts';
import type { CaptureHealth, PacketBatch, PacketSource } from '../../model/packet.ts';
import { StreamSource } from './byte-source.node.ts';
import { captureError } from './capture-error.ts';
import { type BatchOptions, createCaptureSource } from './capture-source.ts';
import { type CaptureTool, captureTools, isInterfaceName, type LiveFlags, readDropped, readRefusal } from './capture-tool.ts';

export interface LiveOptions extends BatchOptions, Partial<LiveFlags> {
  /** Which programs may be used, in this order; all that we know when missing. */
  readonly tools?: readonly CaptureTool['name'][];
  /** Where the programs are looked for, as in PATH; by default there and where administrators' programs lie. */
  readonly searchPath?: string;
  /** How often the running count of dropped packets is asked for. */
  readonly countersEveryMs?: number;
}

const defaults = { delivery: 'prompt', kernelBufferMebibytes: 128, batchBytes: 1_048_576, countersEveryMs: 1000 } as const;

/** Named limits. */
const wordsMax = 8192;
const startMs = 10_000;
const stopMs = 2000;

/**
 * The packets of a network interface, through tcpdump or dumpcap: the first that is installed and may. Answers when it captures.
 * `health().dropped` is what kernel, interface and program dropped: with tcpdump asked for every second, exact after the end;
 * with dumpcap known only after the end. `close` stops the program; the iteration then ends with what it had captured.
 * Raises ShinraiError `capture-interface` (no such interface, or not a name), `capture-rights`, `capture-tool` (none installed,
 * or it failed). The iteration raises `capture-tool` when the program dies by itself, for instance because the interface is gone.
 */
export async function openLive(interfaceName: string, options: LiveOptions = {}): Promise<PacketSource> {
  if (!isInterfaceName(interfaceName)) {
    throw captureError('capture-interface', 'Cannot capture: the name of the interface must be letters, digits, ".", "_", ":" and "-"', {
      hint: 'List the interfaces with "ip link" or "tcpdump -D"',
    });
  }
  const names = options.tools ?? captureTools.map((tool) => tool.name);
  let refusal: ShinraiError | undefined;
  for (const name of names) {
    const tool = captureTools.find((candidate) => candidate.name === name);
    const opened = tool === undefined ? undefined : await tryTool(tool, interfaceName, options);
    if (opened !== undefined && !(opened instanceof ShinraiError)) return opened;
    refusal ??= opened;
  }
  if (refusal !== undefined) throw refusal;
  throw captureError('capture-tool', `Cannot capture on "${interfaceName}": found none of ${names.join(', ')}`, {
    hint: 'Install tcpdump (for Debian: apt-get install tcpdump)',
  });
}

/** The packets, or why this program cannot get them and another one should be tried (it may have the right that this one lacks). */
async function tryTool(tool: CaptureTool, interfaceName: string, options: LiveOptions): Promise<PacketSource | ShinraiError | undefined> {
  try {
    const run = await startTool(tool, interfaceName, options);
    return run === undefined ? undefined : await openRun(run, interfaceName, options);
  } catch (cause) {
    if (cause instanceof ShinraiError) return cause;
    throw cause;
  }
}

/** A capture program at work, and what it has said. */
class ToolRun {
  readonly tool: CaptureTool;
  readonly output: StreamSource;
  words = '';
  isStopping = false;
  #isReady = false;
  /** Settles when the program is gone and all it wrote has been taken. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;

  constructor(tool: CaptureTool, child: ChildProcess, output: Readable, speech: Readable) {
    this.tool = tool;
    this.#child = child;
    this.output = new StreamSource(output, tool.name, 'capture-tool');
    speech.setEncoding('utf8');
    speech.on('data', (text: string) => {
      this.words = (this.words + text).slice(-wordsMax);
      if (tool.readyPattern.test(this.words)) this.#isReady = true;
    });
    const isGone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const hasSaidAll = new Promise<void>((resolve) => speech.once('close', () => resolve()));
    this.ended = Promise.all([isGone, hasSaidAll]).then(() => undefined);
  }

  /** Before tcpdump listens, the signal would end it. */
  askForCounters(): void {
    if (this.tool.tellsCounters && this.#isReady) this.#child.kill(process.platform === 'linux' ? 'SIGUSR1' : 'SIGINFO');
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.output.drain(); // a program that waits for a full pipe would not hear the signal
    this.#child.kill('SIGINT');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await this.ended;
    clearTimeout(timer);
  }
}

/** Undefined when the program is not installed. */
async function startTool(tool: CaptureTool, interfaceName: string, options: LiveOptions): Promise<ToolRun | undefined> {
  const flags = { delivery: options.delivery ?? defaults.delivery, kernelBufferMebibytes: options.kernelBufferMebibytes ?? defaults.kernelBufferMebibytes };
  const child = spawn(tool.name, tool.argumentsFor(interfaceName, flags), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // Ctrl-C on the terminal is for us; we tell the program when to stop
    // Their words are parsed, so in English.
    env: { PATH: options.searchPath ?? `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin`, LC_ALL: 'C' },
  });
  const failure = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    child.once('spawn', () => resolve(undefined));
    child.on('error', resolve);
  });
  if (failure === undefined) return new ToolRun(tool, child, child.stdout, child.stderr);
  if (failure.code === 'ENOENT') return undefined;
  throw captureError(
    failure.code === 'EACCES' || failure.code === 'EPERM' ? 'capture-rights' : 'capture-tool',
    `Cannot start ${tool.name}: ${failure.message}`,
    {
      cause: failure,
    },
  );
}

/** Waits for the header of the capture, which the program writes when it has opened the interface. */
async function openRun(run: ToolRun, interfaceName: string, options: LiveOptions): Promise<PacketSource> {
  const timer = setTimeout(() => void run.stop(), startMs); // its output ends then, and the failure is told below
  try {
    const source = await createCaptureSource(run.output, { ...options, batchBytes: options.batchBytes ?? defaults.batchBytes });
    if (source.ok) return new LiveCapture(run, source.value, interfaceName, options.countersEveryMs ?? defaults.countersEveryMs);
  } catch (cause) {
    await run.stop();
    throw cause;
  } finally {
    clearTimeout(timer);
  }
  await run.stop();
  throw toolFailure(run, interfaceName);
}

function toolFailure(run: ToolRun, interfaceName: string): ShinraiError {
  const { kind, reason } = readRefusal(run.words);
  const hints = {
    'capture-interface': 'List the interfaces with "ip link" or "tcpdump -D"',
    'capture-rights': 'Run as root, or give the program the right: setcap cap_net_raw,cap_net_admin+eip "$(command -v tcpdump)"',
    'capture-tool': `Try the same by hand: ${run.tool.name} -i ${interfaceName} -w /dev/null`,
  } as const;
  return captureError(kind, `Cannot capture on "${interfaceName}": ${reason}`, { hint: hints[kind] });
}

class LiveCapture implements PacketSource {
  readonly #run: ToolRun;
  readonly #source: PacketSource;
  readonly #interfaceName: string;
  readonly #timer: NodeJS.Timeout;

  constructor(run: ToolRun, source: PacketSource, interfaceName: string, countersEveryMs: number) {
    this.#run = run;
    this.#source = source;
    this.#interfaceName = interfaceName;
    this.#timer = setInterval(() => run.askForCounters(), countersEveryMs);
    this.#timer.unref();
  }

  async *batches(): AsyncGenerator<PacketBatch> {
    try {
      yield* this.#source.batches();
      await this.#run.ended;
      if (!this.#run.isStopping) throw toolFailure(this.#run, this.#interfaceName);
    } finally {
      await this.close();
    }
  }

  health(): CaptureHealth {
    return { ...this.#source.health(), dropped: readDropped(this.#run.words) };
  }

  /** The source is not closed here: what the program had captured is still to be iterated. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#run.stop();
  }
}
