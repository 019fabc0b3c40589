// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../model/finding.ts';
import type { Incident } from '../../model/incident.ts';
import { isGroup, readTraits, type Traits } from './actors.ts';

/** How close in time something without an address of its own must be to a new device to be its. */
const arrivalMs = 10_000;

/** Findings that belong together, with what decides whether another one does. */
export class Case {
  readonly id: string;
  lastMs: number;
  state: Incident['state'];
  readonly #findings = new Map<string, Finding>();
  readonly #actors = new Set<string>();
  readonly #reached = new Set<string>();
  readonly #actedUpon = new Set<string>();
  readonly #newDevices = new Set<string>();
  readonly #arrivedMs = new Map<string, number>();
  readonly #silentMs = new Map<string, number>();
  #isFlooded = false;

  constructor(id: string, lastMs: number, state: Incident['state']) {
    this.id = id;
    this.lastMs = lastMs;
    this.state = state;
  }

  get size(): number {
    return this.#findings.size;
  }

  /** In order of time. */
  findings(): readonly Finding[] {
    return [...this.#findings.values()].sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1));
  }

  /** Takes a finding in, or its grown form. */
  take(finding: Finding): void {
    this.#findings.set(finding.id, finding);
    this.lastMs = Math.max(this.lastMs, finding.lastMs);
    const { actors, target, isActing, isNew, isFlood, isSilent } = readTraits(finding);
    for (const actor of actors) {
      this.#actors.add(actor);
      if (isNew) this.#newDevices.add(actor);
    }
    if (isNew) this.#arrivedMs.set(finding.id, finding.atMs);
    if (isSilent) this.#silentMs.set(finding.id, finding.atMs);
    if (isFlood) this.#isFlooded = true;
    if (target === undefined) return;
    if (!isGroup(target)) this.#reached.add(target);
    if (isActing) this.#actedUpon.add(target);
  }

  /**
   * How strongly a finding is tied to this case: 3 its actor is an actor here, 2 its actor was reached by one (a stepping stone acts next),
   * 1 it acts upon the same target, is said to a device that has just appeared, or is part of the same flood; 0 not at all.
   * A popular server alone ties nothing.
   */
  tieTo({ actors, target, isActing, isNew, isFlood, isSilent }: Traits, atMs: number): number {
    if (actors.some((actor) => this.#actors.has(actor))) return 3;
    if (actors.some((actor) => this.#reached.has(actor))) return 2;
    if (target !== undefined && isActing && this.#actedUpon.has(target)) return 1;
    // Others speak to a device that has just appeared (a lease is given, an answer is sent).
    if (target !== undefined && this.#newDevices.has(target)) return 1;
    if (this.#isFlooded && isFlood) return 1;
    if (isSilent && isNear(atMs, this.#arrivedMs)) return 1;
    return isNew && isNear(atMs, this.#silentMs) ? 1 : 0;
  }
}

function isNear(atMs: number, others: ReadonlyMap<string, number>): boolean {
  for (const other of others.values()) if (Math.abs(atMs - other) < arrivalMs) return true;
  return false;
}
