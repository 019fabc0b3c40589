// SPDX-License-Identifier: Apache-2.0
import { addressOf } from '../network.ts';
import { coils, holdingRegisters, inputRegisters, registerMap } from '../water/register-map.ts';
import type { Host } from '../wire/host.ts';
import { streamPort } from './camera.ts';
import { ModbusClient, readRequest, registersOf, writeCoilRequest, writeRegisterRequest } from './modbus-client.ts';

const pollMs = 1_000;
const firstActionMs = 12_000;
const actionMs = { least: 15_000, most: 45_000 } as const;
const reactionMs = { least: 6_000, most: 14_000 } as const;
const silenceMs = 5_000;

/** The set points as the people of the plant want them: the operator and a planned download change them together with the plant's. */
export interface PlannedSetPoints {
  readonly registers: number[];
}

export interface Hmi {
  /** While true the person in front sees the plan and not the plant, and so does nothing: a terminal in foreign hands. */
  isBlinded: boolean;
  /** Writes that the operator has made. */
  readonly writes: number;
  readonly corrections: number;
  /** When the last complete poll was answered, simulated milliseconds; -1 before the first. */
  readonly lastPolledMs: number;
  /** True when nothing has been answered for five seconds. */
  isSilent(): boolean;
}

/**
 * The operator terminal: polls everything each second over one connection. Its operator changes the chlorine set point a little now and then,
 * starts or stops a filling, acknowledges alarms, and sets back what is not as planned, after the seconds that a person needs to see it.
 */
export function runHmi(host: Host, plan: PlannedSetPoints): Hmi {
  const { schedule, random } = host;
  const client = new ModbusClient(host, { server: addressOf('plc') });
  const hmi = { isBlinded: false, writes: 0, corrections: 0, lastPolledMs: -1, isSilent: () => schedule.nowMs - hmi.lastPolledMs > silenceMs };
  let isCorrecting = false;
  let t1LevelMm = 0;
  const write = (pdu: Uint8Array): void => {
    hmi.writes += 1;
    client.request(pdu);
  };
  const correctLater = (shown: readonly number[]): void => {
    if (isCorrecting || hmi.isBlinded || !shown.some((value, address) => value !== plan.registers[address])) return;
    isCorrecting = true;
    schedule.after(between(random.next(), reactionMs), () => {
      isCorrecting = false;
      if (hmi.isBlinded) return;
      client.request(readRequest(3, 0, plan.registers.length), (response) => correct(registersOf(response)));
    });
  };
  const correct = (shown: readonly number[] | undefined): void => {
    for (const [address, planned] of plan.registers.entries()) {
      if (shown === undefined || shown[address] === planned) continue;
      hmi.corrections += 1;
      write(writeRegisterRequest(address, planned));
    }
  };
  const poll = (): void => {
    schedule.after(pollMs + random.next() * 4 - 2, poll);
    if (client.load > 0) return;
    client.request(readRequest(1, 0, registerMap.coil.length));
    client.request(readRequest(2, 0, registerMap['discrete-input'].length));
    client.request(readRequest(4, 0, registerMap['input-register'].length), (response) => {
      t1LevelMm = registersOf(response)?.[inputRegisters.t1Level] ?? t1LevelMm;
    });
    client.request(readRequest(3, 0, plan.registers.length), (response) => {
      const shown = registersOf(response);
      if (shown === undefined) return;
      hmi.lastPolledMs = schedule.nowMs;
      correctLater(shown);
    });
  };
  const act = (turn: number): void => {
    schedule.after(between(random.next(), actionMs), () => act(turn + 1));
    if (hmi.isBlinded) return;
    if (turn % 2 === 0) {
      const setPoint = 56 + random.below(9); // 0.56 … 0.64 mg/L
      plan.registers[holdingRegisters.residualSetPoint] = setPoint;
      write(writeRegisterRequest(holdingRegisters.residualSetPoint, setPoint));
    } else if (turn % 4 === 1) write(writeCoilRequest(coils.p1Request, t1LevelMm < 2_200));
    else write(writeCoilRequest(coils.alarmAcknowledge, true));
  };
  host.bind(streamPort, () => {});
  schedule.after(300, poll);
  schedule.after(firstActionMs, () => act(0));
  return hmi;
}

function between(share: number, range: { readonly least: number; readonly most: number }): number {
  return range.least + share * (range.most - range.least);
}
