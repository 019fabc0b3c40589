// SPDX-License-Identifier: Apache-2.0
import type { PlantView } from '../../app/api.ts';

/** Sizes that the drawing needs where the plant tells a level in metres. Source: src/plant/water/process.ts, `sizes`. */
const heightsM = { t1: 4, t2: 3 } as const;
/** Free chlorine that may leave a waterworks. Source: Japanese waterworks law, enforcement rule 17 (at least 0.1 mg/L at the tap), and the target of at most 1 mg/L. */
export const residualLimits = { lowMgPerL: 0.1, highMgPerL: 1 } as const;

/** What the drawing shows; null where the plant does not tell it. */
export interface PlantReading {
  readonly t1Percent: number | null;
  readonly t2Percent: number | null;
  readonly residualMgPerL: number | null;
  readonly setPointMgPerL: number | null;
  readonly rawM3PerH: number | null;
  readonly outM3PerH: number | null;
  readonly valvePercent: number | null;
  readonly isP1Running: boolean;
  readonly isP2Running: boolean;
  readonly isDosing: boolean;
  readonly isResidualBad: boolean;
  /** The set point itself lies outside the limits: the plant is on its way there. */
  readonly isSetPointBad: boolean;
}

/** Picks the values that the drawing knows out of the open list that the plant tells. */
export function readPlant(plant: Pick<PlantView, 'values' | 'states'>): PlantReading {
  const { values, states } = plant;
  const first = (...names: readonly string[]): number | null => {
    for (const name of names) if (values[name] !== undefined) return values[name];
    return null;
  };
  const percent = (direct: number | null, levelM: number | null, heightM: number): number | null =>
    direct ?? (levelM === null ? null : (levelM / heightM) * 100);
  const residualMgPerL = first('chlorineMgPerL', 'residualMgPerL');
  const outM3PerH = first('distributionFlowM3PerH');
  const rawM3PerH = first('rawFlowM3PerH');
  const doseGPerH = first('doseGPerH');
  const setPointMgPerL = first('chlorineSetPointMgPerL', 'residualSetPointMgPerL');
  const isOutside = (value: number | null): boolean => value !== null && (value > residualLimits.highMgPerL || value < residualLimits.lowMgPerL);
  return {
    t1Percent: percent(first('tank1LevelPercent'), first('tank1LevelM', 't1LevelM'), heightsM.t1),
    t2Percent: percent(first('tank2LevelPercent'), first('tank2LevelM', 't2LevelM'), heightsM.t2),
    residualMgPerL,
    setPointMgPerL,
    rawM3PerH,
    outM3PerH,
    valvePercent: first('valvePercent'),
    isP1Running: states['pump1'] ?? (rawM3PerH ?? 0) > 0.5,
    isP2Running: states['pump2'] ?? (outM3PerH ?? 0) > 0.5,
    isDosing: states['dosing'] ?? (doseGPerH ?? 0) > 0.5,
    isResidualBad: states['alarm.residualHigh'] === true || states['alarm.residualLow'] === true || isOutside(residualMgPerL),
    isSetPointBad: isOutside(setPointMgPerL),
  };
}

/** Units as the names of the values end; the longer ending first, as one is the tail of another. */
const units: readonly (readonly [ending: string, unit: string])[] = [
  ['M3PerH', 'm³/h'],
  ['MgPerL', 'mg/L'],
  ['GPerH', 'g/h'],
  ['Percent', '%'],
  ['M', 'm'],
  ['C', '°C'],
];

/** `2.23 m`, `118 m³/h`: the value with the unit that its name ends with; without one where the ending says none. */
export function shownValue(name: string, value: number): string {
  const unit = units.find(([ending]) => name.endsWith(ending))?.[1];
  const figures = value.toFixed(Math.abs(value) >= 100 ? 0 : 2);
  return unit === undefined ? figures : `${figures} ${unit}`;
}
