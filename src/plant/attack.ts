// SPDX-License-Identifier: Apache-2.0
import type { CauseBook } from './causes.ts';
import { leaseAddress } from './devices/dhcp.ts';
import type { Hmi, PlannedSetPoints } from './devices/hmi.ts';
import { ModbusClient, readRequest, writeRegisterRequest, writeRegistersRequest } from './devices/modbus-client.ts';
import { addressOf, type DeviceName, macOf } from './network.ts';
import { holdingRegisters } from './water/register-map.ts';
import type { Host } from './wire/host.ts';
import type { HostCable } from './wire/lan.ts';
import type { Schedule, Ticket } from './wire/schedule.ts';

export const attackNames = ['scan', 'setpoint', 'hmi-takeover', 'maintenance'] as const;
export type AttackName = (typeof attackNames)[number];

/** True for a name of a scenario: for names that come from outside. */
export function isAttackName(text: string): text is AttackName {
  return attackNames.some((name) => name === text);
}

/** What a scenario can lay hands on. */
export interface Stage {
  readonly schedule: Schedule;
  readonly causes: CauseBook;
  readonly hmi: Hmi;
  readonly plan: PlannedSetPoints;
  hostOf(name: DeviceName): Host;
  /** Puts the stranger's laptop on a free port of the switch. */
  plugStranger(): HostCable;
}

/** A scenario under way. */
export interface RunningAttack {
  readonly name: AttackName;
  readonly startedMs: number;
  /** What it is doing now, in a word of its timetable. */
  phase(): string;
  /** Devices in foreign hands. */
  readonly compromised: readonly DeviceName[];
  /** True when the timetable has ended by itself. */
  isOver(): boolean;
  /** The attacker leaves: connections are closed in good order, the laptop is unplugged a second later. What was written stays written. */
  stop(): void;
}

interface Step {
  /** Milliseconds since the start of the scenario. */
  readonly atMs: number;
  readonly phase: string;
  readonly everyMs?: number;
  run(): void;
}

export const scenarios: Readonly<Record<AttackName, { readonly summary: string; start(stage: Stage): RunningAttack }>> = {
  scan: { summary: 'A stranger plugs in, looks for devices and for open ports.', start: startScan },
  setpoint: { summary: 'A stranger scans, reads the controller, then writes the chlorine set point every two seconds.', start: startSetPoint },
  'hmi-takeover': { summary: 'The operator terminal itself writes limits and set points and restarts the communication.', start: startTakeover },
  maintenance: { summary: 'Planned work: the engineering station downloads new set points.', start: startMaintenance },
};

const scanPorts: readonly number[] = [21, 22, 23, 25, 53, 80, 102, 110, 135, 139, 443, 445, 502, 1911, 2404, 3389, 4840, 5900, 8080, 9600, 20000, 44818, 47808];
export const attackSetPoint = 500; // 5.00 mg/L, eight times the plan

function startScan(stage: Stage): RunningAttack {
  const { steps, leave } = strangerSteps(stage);
  return run(stage, 'scan', ['stranger'], [...steps, { atMs: 16_000, phase: 'waiting', run: () => {} }], leave);
}

function startSetPoint(stage: Stage): RunningAttack {
  const { host, steps, leave } = strangerSteps(stage);
  const client = new ModbusClient(host, { server: addressOf('plc'), reconnectMs: 4_000 });
  const read = (): void => {
    if (host.address === 0) return;
    client.request(Uint8Array.of(43, 14, 2, 0));
    client.request(readRequest(1, 0, 7));
    client.request(readRequest(3, 0, 10));
    client.request(readRequest(4, 0, 13));
  };
  const write = (): void => {
    if (host.address === 0 || client.load > 0) return;
    client.request(writeRegisterRequest(holdingRegisters.residualSetPoint, attackSetPoint));
  };
  const more: readonly Step[] = [
    { atMs: 16_000, phase: 'reading-controller', run: read },
    { atMs: 20_000, phase: 'writing-set-point', everyMs: 2_000, run: write },
  ];
  return run(stage, 'setpoint', ['stranger'], [...steps, ...more], () => {
    client.close();
    leave();
  });
}

/** Arrives, gets an address, asks for all 254 neighbours, tries ports of those that answered. */
function strangerSteps(stage: Stage): { readonly host: Host; readonly steps: readonly Step[]; leave(): void } {
  stage.causes.addStranger(macOf('stranger'), addressOf('stranger'));
  const { host, unplug } = stage.plugStranger();
  let isGone = false;
  let stopLease = (): void => {};
  const repeat = (count: number, everyMs: number, work: (index: number) => void, index = 0): void => {
    if (isGone || index >= count || host.address === 0) return;
    work(index);
    stage.schedule.after(everyMs, () => repeat(count, everyMs, work, index + 1));
  };
  const base = addressOf('services') - 2;
  const findDevices = (): void =>
    repeat(254, 20, (index) => {
      if (base + index + 1 === host.address) return;
      host.expectNeighbour(base + index + 1);
      host.askWhoHas(base + index + 1);
    });
  const scan = (): void => {
    const targets = host.knownNeighbours().flatMap((address) => scanPorts.map((port) => ({ address, port })));
    repeat(targets.length, 40, (index) => {
      const target = targets[index];
      if (target !== undefined) host.tcp.probe(target.address, target.port, 1_000, () => {});
    });
  };
  const arrive = (): void => {
    stopLease = leaseAddress(host, 'DESKTOP-7K2QF3', addressOf('services'), () => {});
  };
  const steps: readonly Step[] = [
    { atMs: 0, phase: 'arriving', run: arrive },
    { atMs: 2_000, phase: 'finding-devices', run: findDevices },
    { atMs: 8_000, phase: 'scanning-ports', run: scan },
  ];
  const leave = (): void => {
    isGone = true;
    stopLease();
    stage.schedule.after(1_000, unplug);
  };
  return { host, steps, leave };
}

/** The terminal's own address, its own known peer: only what it asks for is new. Its operator sees what the attacker shows. */
function startTakeover(stage: Stage): RunningAttack {
  const host = stage.hostOf('hmi');
  const client = new ModbusClient(host, {
    server: addressOf('plc'),
    onConnect: (port) => stage.causes.addConnection(host.address, port, 'attack'),
  });
  const ask = (pdu: Uint8Array): void => {
    if (client.load < 8) client.request(pdu);
  };
  const look = (): void => {
    ask(Uint8Array.of(17));
    for (let first = 0; first < 100; first += 20) ask(readRequest(3, first, 20));
  };
  const values = [...stage.plan.registers];
  values[holdingRegisters.residualSetPoint] = attackSetPoint;
  values[holdingRegisters.residualHighLimit] = 999;
  values[holdingRegisters.residualTripLimit] = 999;
  const takeOver = (): void => {
    stage.hmi.isBlinded = true;
    ask(Uint8Array.of(43, 14, 2, 0));
  };
  const steps: readonly Step[] = [
    { atMs: 0, phase: 'identifying-controller', run: takeOver },
    { atMs: 4_000, phase: 'reading-registers', run: look },
    { atMs: 10_000, phase: 'writing-limits', everyMs: 3_000, run: () => ask(writeRegistersRequest(0, values)) },
    { atMs: 40_000, phase: 'restarting-communication', everyMs: 60_000, run: () => ask(Uint8Array.of(8, 0, 1, 0, 0)) },
  ];
  return run(stage, 'hmi-takeover', ['hmi'], steps, () => {
    stage.hmi.isBlinded = false;
    client.close();
  });
}

/** The same function on the same registers as the attack uses, but known beforehand, by a known station, and to sensible values. */
function startMaintenance(stage: Stage): RunningAttack {
  const host = stage.hostOf('engineering');
  const client = new ModbusClient(host, {
    server: addressOf('plc'),
    onConnect: (port) => stage.causes.addConnection(host.address, port, 'maintenance'),
  });
  const planned = [62, 1700, 2700, 2050, 500, 110, 25, 250, 90, 130];
  const download = (): void => {
    for (const [address, value] of planned.entries()) stage.plan.registers[address] = value;
    client.request(writeRegistersRequest(0, planned));
    client.request(readRequest(3, 0, planned.length));
  };
  const steps: readonly Step[] = [
    { atMs: 0, phase: 'identifying-controller', run: () => client.request(Uint8Array.of(43, 14, 1, 0)) },
    { atMs: 3_000, phase: 'reading-back', run: () => client.request(readRequest(3, 0, planned.length)) },
    { atMs: 8_000, phase: 'downloading', run: download },
    { atMs: 10_000, phase: 'done', run: () => client.close() },
  ];
  return run(stage, 'maintenance', [], steps, () => client.close());
}

/** Puts the steps on the schedule; a step with `everyMs` repeats until the end. */
function run(stage: Stage, name: AttackName, compromised: readonly DeviceName[], steps: readonly Step[], leave: () => void): RunningAttack {
  const { schedule } = stage;
  const tickets = new Set<Ticket>();
  let phase = '';
  let isStopped = false;
  const put = (step: Step, delayMs: number): void => {
    const ticket = schedule.after(delayMs, () => {
      tickets.delete(ticket);
      phase = step.phase;
      step.run();
      if (step.everyMs !== undefined && !isStopped) put(step, step.everyMs);
    });
    tickets.add(ticket);
  };
  for (const step of steps) put(step, step.atMs);
  return {
    name,
    startedMs: schedule.nowMs,
    phase: () => phase,
    compromised,
    isOver: () => tickets.size === 0 && phase === 'done',
    stop: () => {
      isStopped = true;
      for (const ticket of tickets) schedule.cancel(ticket);
      tickets.clear();
      leave();
    },
  };
}
