// SPDX-License-Identifier: Apache-2.0
import { ShinraiError } from '../../base/errors.ts';
import type { TrafficRule } from '../../model/response.ts';
import { isGroupMac, isLinkLocalMac } from './addresses.ts';
import { type FrameView, viewFrame } from './frame-view.ts';
import { compileRule, type FunctionCodeOf, type RuleMatch } from './rule.ts';
import type { Schedule } from './schedule.ts';

const macAgeMs = 300_000; // IEEE 802.1Q-2022, table 8-6: ageing time
const forwardMs = 0.006;
const rulesMax = 256;
const megabitsPerSecond = 100;

/** One cable: what the device puts on it, and where frames for the device arrive. */
export interface Port {
  /** Puts a frame on the cable; `delayMs` is the time that the device itself still needs. */
  send(frame: Uint8Array, delayMs: number): void;
  /** Pulls the cable. */
  unplug(): void;
}

export interface EnforcedRule {
  readonly id: string;
  readonly rule: TrafficRule;
  /** Frames taken out so far. */
  readonly framesStopped: number;
}

interface PlugState {
  readonly deliver: (frame: FrameView) => void;
  isPlugged: boolean;
  sendFreeMs: number;
  receiveFreeMs: number;
}

/**
 * The simulated switch: store and forward at 100 Mbit/s, learns addresses, floods what it does not know. Every frame that enters
 * is handed to the mirror with the time of its last bit, before the rules are asked: as on real switches that mirror
 * at ingress, a frame that a rule takes out is seen by the sensor but does not arrive.
 */
export class Switch {
  private readonly schedule: Schedule;
  private readonly mirror: (frame: FrameView) => void;
  private readonly functionCodeOf: FunctionCodeOf | undefined;
  private readonly plugs: PlugState[] = [];
  private readonly learnt = new Map<number, { readonly plug: PlugState; readonly atMs: number }>();
  private readonly enforced = new Map<string, { readonly rule: TrafficRule; readonly isMatch: RuleMatch; framesStopped: number }>();
  private rulesApplied = 0;
  private stopped = 0;

  constructor(options: {
    readonly schedule: Schedule;
    readonly mirror: (frame: FrameView) => void;
    readonly functionCodeOf: FunctionCodeOf | undefined;
  }) {
    this.schedule = options.schedule;
    this.mirror = options.mirror;
    this.functionCodeOf = options.functionCodeOf;
  }

  plug(deliver: (frame: FrameView) => void): Port {
    const state: PlugState = { deliver, isPlugged: true, sendFreeMs: 0, receiveFreeMs: 0 };
    this.plugs.push(state);
    return {
      send: (frame, delayMs) => this.send(state, frame, delayMs),
      unplug: () => this.unplug(state),
    };
  }

  /** Takes matching frames out from now on. Throws ShinraiError('plant') when the rule cannot be enforced as it is meant. */
  apply(rule: TrafficRule): { readonly id: string } {
    if (this.enforced.size >= rulesMax) throw new ShinraiError('plant', `Cannot apply a rule: ${rulesMax} are in force, at most ${rulesMax} are allowed`);
    const isMatch = compileRule(rule, this.functionCodeOf);
    this.rulesApplied += 1;
    const id = `rule-${this.rulesApplied}`;
    this.enforced.set(id, { rule, isMatch, framesStopped: 0 });
    return { id };
  }

  /** Ends a rule; false when there is none of that id (it was removed before). */
  remove(id: string): boolean {
    return this.enforced.delete(id);
  }

  rules(): readonly EnforcedRule[] {
    return [...this.enforced].map(([id, { rule, framesStopped }]) => ({ id, rule, framesStopped }));
  }

  /** Frames taken out by all rules since the start, each counted once. */
  get framesStopped(): number {
    return this.stopped;
  }

  private send(from: PlugState, frame: Uint8Array, delayMs: number): void {
    if (!from.isPlugged) return;
    from.sendFreeMs = Math.max(this.schedule.nowMs + delayMs, from.sendFreeMs) + wireMs(frame);
    this.schedule.after(from.sendFreeMs - this.schedule.nowMs, () => from.isPlugged && this.enter(from, frame));
  }

  private enter(from: PlugState, bytes: Uint8Array): void {
    const frame = viewFrame(bytes);
    this.mirror(frame);
    if (!isGroupMac(frame.sourceMac)) this.learnt.set(frame.sourceMac, { plug: from, atMs: this.schedule.nowMs });
    if (this.takesOut(frame) || isLinkLocalMac(frame.destinationMac)) return;
    const entry = this.learnt.get(frame.destinationMac);
    const isKnown = entry?.plug.isPlugged === true && this.schedule.nowMs - entry.atMs <= macAgeMs;
    for (const to of isKnown ? [entry.plug] : this.plugs) {
      if (to !== from && to.isPlugged) this.forward(to, frame);
    }
  }

  private takesOut(frame: FrameView): boolean {
    let isTakenOut = false;
    for (const entry of this.enforced.values()) {
      if (!entry.isMatch(frame)) continue;
      entry.framesStopped += 1;
      isTakenOut = true;
    }
    if (isTakenOut) this.stopped += 1;
    return isTakenOut;
  }

  private forward(to: PlugState, frame: FrameView): void {
    to.receiveFreeMs = Math.max(this.schedule.nowMs + forwardMs, to.receiveFreeMs) + wireMs(frame.bytes);
    this.schedule.after(to.receiveFreeMs - this.schedule.nowMs, () => to.isPlugged && to.deliver(frame));
  }

  private unplug(state: PlugState): void {
    state.isPlugged = false;
    const index = this.plugs.indexOf(state);
    if (index >= 0) this.plugs.splice(index, 1);
  }
}

/** Time on the wire with preamble, check sequence and gap (24 bytes). */
function wireMs(frame: Uint8Array): number {
  return ((frame.length + 24) * 8) / (megabitsPerSecond * 1000);
}
