// SPDX-License-Identifier: Apache-2.0
import { ShinraiError } from '../../base/errors.ts';
import type { Response } from '../../model/response.ts';
import type { Enforcer } from './enforcer.ts';

/** Where responses are kept; each save is durable when it resolves. */
export interface ResponseStore {
  read(id: string): Promise<Response | undefined>;
  save(response: Response): Promise<void>;
  list(state: Response['state']): Promise<readonly Response[]>;
}

/** What happened to a response: ends as evidence. */
export interface ResponseEvent {
  readonly about: 'decision' | 'action' | 'result';
  readonly response: Response;
  readonly atMs: number;
  readonly note: string;
}

export interface LifecycleOptions {
  readonly store: ResponseStore;
  readonly enforcer: Enforcer;
  readonly nowMs: () => number;
  /** Resolves when the event is durable in the chain: nothing is enforced before its decision is. */
  readonly record: (event: ResponseEvent) => Promise<void>;
  /** What observing means: keeps the incident's packets beyond their time. */
  readonly pin: (response: Response) => Promise<void>;
}

/** Proposed → running → undone (or declined, failed). One caller at a time per response: calls are taken one after another. */
export interface Lifecycle {
  consent(id: string, who: string, note: string): Promise<Response>;
  decline(id: string, who: string, note: string): Promise<Response>;
  undo(id: string, who: string, note: string): Promise<Response>;
  /**
   * Ends what is over and reads the counters; call it every second, and once at the start (it also repairs after a crash).
   * Raises the first failure after all others were looked at; the next call tries again.
   */
  tick(): Promise<readonly Response[]>;
}

/** Makes the life cycle over a store and an enforcement point. Refuses with ShinraiError `response-state`, `response-interlock`, `response-unknown`. */
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined); // the caller of `turn` sees the failure; the next in turn must not
    return turn;
  };
  return {
    consent: (id, who, note) => inTurn(async () => start(options, await open(options, id, ['proposed']), who, note)),
    decline: (id, who, note) =>
      inTurn(async () => {
        const response = await open(options, id, ['proposed']);
        const declined: Response = { ...response, state: 'declined', decidedBy: who, decidedMs: options.nowMs() };
        await options.record({ about: 'decision', response: declined, atMs: options.nowMs(), note });
        await options.store.save(declined);
        return declined;
      }),
    undo: (id, who, note) => inTurn(async () => end(options, await open(options, id, ['running']), who, note)),
    tick: () => inTurn(() => tick(options)),
  };
}

async function open(options: LifecycleOptions, id: string, allowed: readonly Response['state'][]): Promise<Response> {
  const response = await options.store.read(id);
  if (response === undefined) throw new ShinraiError('response-unknown', `Cannot open response "${id}": there is none`);
  if (!allowed.includes(response.state))
    throw new ShinraiError('response-state', `Cannot change response "${id}": it is ${response.state}, must be ${allowed.join(' or ')}`);
  return response;
}

/** Crash points: after the decision is recorded and before the rule is in force, `tick` finds the response still proposed and nothing in force: the person consents again. After the rule and before the save, `tick` removes the rule, because no running response owns it. */
async function start(options: LifecycleOptions, response: Response, who: string, note: string): Promise<Response> {
  if (response.interlocks.length > 0)
    throw new ShinraiError(
      'response-interlock',
      `Cannot start response "${response.id}": an interlock forbids it (${response.interlocks.map((words) => words.key).join(', ')})`,
    );
  const nowMs = options.nowMs();
  const decided: Response = { ...response, decidedBy: who, decidedMs: nowMs };
  await options.record({ about: 'decision', response: decided, atMs: nowMs, note });
  try {
    if (response.action.name === 'observe') await options.pin(response);
    if (response.action.rules.length > 0) await options.enforcer.apply(response.id, response.action.rules, response.action.limitMs);
  } catch (cause) {
    const failed: Response = { ...decided, state: 'failed', endedMs: options.nowMs(), failure: cause instanceof Error ? cause.message : String(cause) };
    await options.record({ about: 'result', response: failed, atMs: options.nowMs(), note: '' });
    await options.store.save(failed);
    return failed;
  }
  const startedMs = options.nowMs();
  const running: Response = { ...decided, state: 'running', startedMs, endsMs: startedMs + response.action.limitMs, packetsStopped: 0 };
  await options.store.save(running);
  await options.record({ about: 'action', response: running, atMs: startedMs, note: `enforced by ${options.enforcer.name}` });
  return running;
}

async function end(options: LifecycleOptions, response: Response, who: string, note: string): Promise<Response> {
  const packetsStopped = (await options.enforcer.packetsStopped(response.id)) ?? response.packetsStopped;
  if (response.action.rules.length > 0) await options.enforcer.remove(response.id);
  const undone: Response = { ...response, state: 'undone', endedMs: options.nowMs(), packetsStopped };
  await options.store.save(undone);
  await options.record({ about: 'result', response: undone, atMs: options.nowMs(), note: note === '' ? `ended by ${who}` : note });
  return undone;
}

async function tick(options: LifecycleOptions): Promise<readonly Response[]> {
  const changed: Response[] = [];
  const running = await options.store.list('running');
  const inForce = new Set(await options.enforcer.inForce());
  const failures: unknown[] = [];
  // What cannot be ended now must not keep the others from ending.
  const attempt = (work: Promise<Response | undefined>): Promise<void> =>
    work.then(
      (response) => void (response === undefined ? 0 : changed.push(response)),
      (cause: unknown) => void failures.push(cause),
    );
  for (const response of running) await attempt(look(options, response, inForce));
  for (const id of inForce) if (!running.some((response) => response.id === id)) await attempt(options.enforcer.remove(id).then(() => undefined));
  if (failures.length > 0) throw failures[0];
  return changed;
}

/** Ends a running response that is over, or reads its counter; answers it when it has changed. */
async function look(options: LifecycleOptions, response: Response, inForce: ReadonlySet<string>): Promise<Response | undefined> {
  const isOver = response.endsMs !== null && options.nowMs() >= response.endsMs;
  const isGone = response.action.rules.length > 0 && !inForce.has(response.id);
  if (isOver || isGone) return end(options, response, 'time', isOver ? 'ended by its time limit' : 'the enforcement point had ended it already');
  const packetsStopped = await options.enforcer.packetsStopped(response.id);
  if (packetsStopped === undefined || packetsStopped === response.packetsStopped) return undefined;
  const counted: Response = { ...response, packetsStopped };
  await options.store.save(counted);
  return counted;
}
