// SPDX-License-Identifier: Apache-2.0
import { createRandom } from '../../../src/base/random.ts';
import type { PlantView } from '../app/api.ts';

const historyMax = 600;
const normalSetPoint = 0.6;
const attackedSetPoint = 5;

/** What each scenario does for most of its time. */
const phases: Readonly<Record<string, string>> = { setpoint: 'writing-set-point', 'hmi-takeover': 'writing-limits', maintenance: 'downloading' };

/** A plant of a few lines: enough for the picture to move as the real simulation does. */
export class FakePlant {
  attack: string | null = null;
  /** True while the attacker's writes do not arrive. */
  isStopped = false;
  readonly #history: PlantView['history'] = [];
  readonly #random = createRandom(5);
  #tank = 2.6;
  #contact = 1.7;
  #chlorine = 0.61;
  #setPoint = normalSetPoint;
  #isFilling = true;
  #atMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs - historyMax * 1000;
    this.advance(nowMs);
  }

  advance(nowMs: number): void {
    for (; this.#atMs + 1000 <= nowMs; ) {
      this.#atMs += 1000;
      const isUnderWrite = this.attack === 'setpoint' && !this.isStopped;
      this.#setPoint = isUnderWrite ? attackedSetPoint : normalSetPoint;
      const goal = this.#setPoint + (this.#random.next() - 0.5) * 0.06;
      this.#chlorine += (goal - this.#chlorine) * 0.02;
      if (this.#tank > 3.2) this.#isFilling = false;
      if (this.#tank < 1.6) this.#isFilling = true;
      this.#tank += (this.#isFilling ? 0.006 : -0.004) + (this.#random.next() - 0.5) * 0.002;
      this.#contact = 1.7 + Math.sin(this.#atMs / 40_000) * 0.12;
      this.#history.push({ atMs: this.#atMs, values: this.#values() });
      if (this.#history.length > historyMax) this.#history.shift();
    }
  }

  #values(): PlantView['values'] {
    return {
      tank1LevelM: this.#tank,
      tank2LevelM: this.#contact,
      rawFlowM3PerH: this.#isFilling ? 120 : 0,
      distributionFlowM3PerH: 78 + Math.sin(this.#atMs / 90_000) * 9,
      chlorineMgPerL: this.#chlorine,
      chlorineSetPointMgPerL: this.#setPoint,
      doseGPerH: 60 + this.#setPoint * 40,
      valvePercent: 64,
      waterTemperatureC: 11.8,
    };
  }

  view(): PlantView {
    const isHigh = this.#chlorine > 1;
    return {
      isSimulated: true,
      speed: 1,
      simulatedMs: this.#atMs,
      values: this.#values(),
      states: { pump1: this.#isFilling, pump2: true, dosing: true, ...(isHigh ? { 'alarm.residualHigh': true, 'broken.residualMgPerL': true } : {}) },
      history: [...this.#history],
      attack: this.attack === null ? null : `${this.attack} ${phases[this.attack] ?? 'waiting'}`,
      attacks: ['scan', 'setpoint', 'hmi-takeover', 'maintenance'],
      note: { key: 'plant.simulated', with: {} },
    };
  }
}
