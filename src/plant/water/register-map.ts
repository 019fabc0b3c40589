// SPDX-License-Identifier: Apache-2.0
/** One place of the controller's memory as Modbus shows it. */
export interface RegisterEntry {
  readonly address: number;
  readonly name: string;
  /** Unit of one count: `0.01 mg/L`; '' for bits. */
  readonly unit: string;
  readonly meaning: string;
}

function entries(rows: readonly (readonly [name: string, unit: string, meaning: string])[]): readonly RegisterEntry[] {
  return rows.map(([name, unit, meaning], address) => ({ address, name, unit, meaning }));
}

/** Order of the rows = address, from 0. The README shows this table; a test compares them. */
export const registerMap = {
  coil: entries([
    ['p1Auto', '', 'P1 starts and stops by the level of T1'],
    ['p1Request', '', 'In automatic: write 1 to fill T1 now, 0 to stop filling. In manual: P1 runs while 1'],
    ['p2Auto', '', 'P2 follows the demand'],
    ['p2Request', '', 'In manual: P2 runs while 1'],
    ['dosingEnabled', '', 'Chlorine dosing is allowed'],
    ['valveAuto', '', 'V1 is controlled by the level of T2'],
    ['alarmAcknowledge', '', 'Write 1 to acknowledge all alarms; goes back to 0 by itself'],
  ]),
  'discrete-input': entries([
    ['p1Running', '', 'Feedback of P1'],
    ['p2Running', '', 'Feedback of P2'],
    ['dosingRunning', '', 'Feedback of the dosing pump'],
    ['valveOpen', '', 'Limit switch of V1'],
    ['valveClosed', '', 'Limit switch of V1'],
    ['t1HighHigh', '', 'Float in T1, stops P1'],
    ['t1LowLow', '', 'Float in T1, closes V1'],
    ['t2HighHigh', '', 'Float in T2, closes V1'],
    ['t2LowLow', '', 'Float in T2, stops P2'],
    ['residualHigh', '', 'Alarm'],
    ['residualLow', '', 'Alarm'],
    ['dosingTripped', '', 'Dosing is stopped because the residual is above the trip limit'],
    ['alarmUnacknowledged', '', 'An alarm came that nobody has acknowledged'],
  ]),
  'input-register': entries([
    ['t1Level', '1 mm', 'Level of the raw water tank'],
    ['t2Level', '1 mm', 'Level of the contact chamber'],
    ['rawFlow', '0.1 m3/h', 'Flow of P1'],
    ['transferFlow', '0.1 m3/h', 'Flow through V1'],
    ['distributionFlow', '0.1 m3/h', 'Flow of P2'],
    ['residual', '0.01 mg/L', 'Free chlorine in T2'],
    ['doseRate', '0.1 g/h', 'Chlorine dosed'],
    ['valvePosition', '0.1 %', 'Position of V1'],
    ['waterTemperature', '0.1 C', 'Temperature of the water'],
    ['pressure', '1 kPa', 'Pressure behind P2'],
    ['scanCount', '1', 'Runs of the control program, from 0 again after 65,535'],
    ['uptimeHigh', '65536 s', 'Time since the controller started'],
    ['uptimeLow', '1 s', 'Time since the controller started'],
  ]),
  'holding-register': entries([
    ['residualSetPoint', '0.01 mg/L', 'Set point of the chlorine residual'],
    ['t1StartLevel', '1 mm', 'P1 starts below'],
    ['t1StopLevel', '1 mm', 'P1 stops above'],
    ['t2LevelSetPoint', '1 mm', 'Set point of the level of T2'],
    ['valveManual', '0.1 %', 'Position of V1 in manual'],
    ['residualHighLimit', '0.01 mg/L', 'Alarm above'],
    ['residualLowLimit', '0.01 mg/L', 'Alarm below'],
    ['residualTripLimit', '0.01 mg/L', 'Dosing stops above, until the residual is below four fifths of it'],
    ['dosingGain', '1 (g/h)/(mg/L)', 'Proportional part of the dosing control'],
    ['dosingIntegral', '1 s', 'Integral time of the dosing control'],
  ]),
} as const satisfies Readonly<Record<string, readonly RegisterEntry[]>>;

/** Addresses that the devices of this plant use by name. */
export const coils = { p1Auto: 0, p1Request: 1, p2Auto: 2, p2Request: 3, dosingEnabled: 4, valveAuto: 5, alarmAcknowledge: 6 } as const;
export const discreteInputs = {
  p1Running: 0,
  p2Running: 1,
  dosingRunning: 2,
  valveOpen: 3,
  valveClosed: 4,
  t1HighHigh: 5,
  t1LowLow: 6,
  t2HighHigh: 7,
  t2LowLow: 8,
  residualHigh: 9,
  residualLow: 10,
  dosingTripped: 11,
  alarmUnacknowledged: 12,
} as const;
export const inputRegisters = {
  t1Level: 0,
  t2Level: 1,
  rawFlow: 2,
  transferFlow: 3,
  distributionFlow: 4,
  residual: 5,
  doseRate: 6,
  valvePosition: 7,
  waterTemperature: 8,
  pressure: 9,
  scanCount: 10,
  uptimeHigh: 11,
  uptimeLow: 12,
} as const;
export const holdingRegisters = {
  residualSetPoint: 0,
  t1StartLevel: 1,
  t1StopLevel: 2,
  t2LevelSetPoint: 3,
  valveManual: 4,
  residualHighLimit: 5,
  residualLowLimit: 6,
  residualTripLimit: 7,
  dosingGain: 8,
  dosingIntegral: 9,
} as const;

/** What the plant is run with: values of the holding registers in order of address. */
export const plannedSetPoints: readonly number[] = [60, 1800, 2600, 2000, 500, 120, 20, 300, 100, 120];
export const plannedCoils: readonly number[] = [1, 0, 1, 1, 1, 1, 0];

/** The controller's memory. Only whole bits and 16-bit numbers are ever in it. */
export interface Memory {
  readonly coil: Uint8Array;
  readonly 'discrete-input': Uint8Array;
  readonly 'input-register': Uint16Array;
  readonly 'holding-register': Uint16Array;
}

/** Memory as after start-up: the planned set points and coils. */
export function createMemory(): Memory {
  return {
    coil: Uint8Array.from(plannedCoils),
    'discrete-input': new Uint8Array(registerMap['discrete-input'].length),
    'input-register': new Uint16Array(registerMap['input-register'].length),
    'holding-register': Uint16Array.from(plannedSetPoints),
  };
}
