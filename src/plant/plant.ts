// SPDX-License-Identifier: Apache-2.0
import { assert, ShinraiError } from '../base/errors.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { PacketBuffer } from '../model/packet.ts';
import { type AttackName, type RunningAttack, type Stage, scenarios } from './attack.ts';
import { type Cause, createCauseBook } from './causes.ts';
import { runCamera } from './devices/camera.ts';
import { runEngineering } from './devices/engineering.ts';
import { runFieldSwitch } from './devices/field-switch.ts';
import { runHistorian } from './devices/historian.ts';
import { type Hmi, runHmi } from './devices/hmi.ts';
import { type ModbusServer, serveModbus } from './devices/modbus-server.ts';
import { keepTime, serveNetwork } from './devices/services.ts';
import { addressOf, type DeviceDescription, type DeviceName, describeDevice, macOf, network } from './network.ts';
import { describePlant, type PlantState } from './state.ts';
import { createPlc, type Plc } from './water/plc.ts';
import { createProcess, type Process } from './water/process.ts';
import { plannedSetPoints } from './water/register-map.ts';
import type { Host } from './wire/host.ts';
import { type HostCable, plugHost } from './wire/lan.ts';
import type { FunctionCodeOf } from './wire/rule.ts';
import { Schedule } from './wire/schedule.ts';
import { Switch } from './wire/switch.ts';

const scanMs = 100;
const framesHeldMax = 200_000;
const speedMax = 60;

export interface PlantOptions {
  /** Equal seeds (and equal calls) give equal bytes. */
  readonly seed: number;
  /** Wall clock at simulated time 0; the demand follows the hour of the day in Japan. */
  readonly startMs: number;
  /** Simulated milliseconds per real millisecond for {@link Plant.pace}, 1 … 60; 1 when not given. */
  readonly speed?: number;
  /** Needed only to enforce rules that restrict functions. */
  readonly functionCodeOf?: FunctionCodeOf;
}

/** A frame that entered the switch. The bytes are the receiver's to keep. */
export interface MirrorFrame {
  readonly atMs: number;
  readonly bytes: Uint8Array;
  readonly cause: Cause;
}

/** The simulated water plant with its network. Pure: no timer, no socket; time passes only in `advance` and `pace`. */
export interface Plant {
  /** Wall clock: startMs + simulated time. */
  readonly nowMs: number;
  readonly speed: number;
  readonly switch: Switch;
  /** Lets simulated milliseconds pass. */
  advance(ms: number): void;
  /** Lets real milliseconds pass: simulated time is `speed` times as much. */
  pace(realMs: number): void;
  /** 1 … 60; throws ShinraiError('plant') outside. */
  setSpeed(speed: number): void;
  /**
   * Copies waiting frames of the mirror port into the batch, in order of time. True when all are taken; false when the batch
   * is full (hand it on, reset it, drain again).
   */
  drain(into: PacketBuffer): boolean;
  /** All waiting frames with their cause: the same frames that `drain` gives, whoever asks first. */
  takeFrames(): readonly MirrorFrame[];
  /** Frames that nobody took in time: at most 200,000 wait, the oldest are lost. */
  readonly framesLost: number;
  /** Throws ShinraiError('plant') while another scenario runs. */
  startAttack(name: AttackName): void;
  /** False when none runs. What the attacker has written stays until the operator sets it back. */
  stopAttack(): boolean;
  state(): PlantState;
  /** Those that belong to the plant; the stranger is not among them. */
  devices(): readonly DeviceDescription[];
}

/** A plant at simulated time 0, every device just switched on. Throws ShinraiError('plant') for a speed outside 1 … 60. */
export function createPlant(options: PlantOptions): Plant {
  return new SimulatedPlant(options);
}

class SimulatedPlant implements Plant {
  readonly switch: Switch;
  private readonly options: PlantOptions;
  private readonly schedule = new Schedule();
  private readonly causes = createCauseBook();
  private readonly hosts = new Map<DeviceName, Host>();
  private readonly plan = { registers: [...plannedSetPoints] };
  private readonly process: Process;
  private readonly plc: Plc;
  private readonly modbus: ModbusServer;
  private readonly hmi: Hmi;
  private waiting: MirrorFrame[] = [];
  private taken = 0;
  private lost = 0;
  private attack: RunningAttack | undefined;
  private strangers = 0;
  private currentSpeed = 1;

  constructor(options: PlantOptions) {
    this.options = options;
    this.setSpeed(options.speed ?? 1);
    this.switch = new Switch({
      schedule: this.schedule,
      functionCodeOf: options.functionCodeOf,
      mirror: (frame) => this.hold({ atMs: this.nowMs, bytes: frame.bytes, cause: this.causes.causeOf(frame) }),
    });
    this.process = createProcess(this.randomOf('process'));
    this.plc = createPlc(this.process, this.randomOf('sensors'));
    this.runScan();
    const wallMs = (): number => this.nowMs;
    const [services, plc, hmi, engineering, historian] = [
      this.addHost('services'),
      this.addHost('plc'),
      this.addHost('hmi'),
      this.addHost('engineering'),
      this.addHost('historian'),
    ];
    const camera = this.addHost('camera');
    serveNetwork(services, wallMs);
    this.modbus = serveModbus(plc, this.plc.memory);
    this.hmi = runHmi(hmi, this.plan);
    runEngineering(engineering, this.plan.registers.length);
    runHistorian(historian, wallMs);
    runCamera(camera, this.process.state);
    const fieldPort = this.switch.plug(() => {});
    runFieldSwitch(macOf('field-switch'), this.schedule, (frame) => fieldPort.send(frame, 0.02));
    for (const [index, host] of [plc, hmi, engineering, historian, camera].entries()) keepTime(host, wallMs, 2_500 + index * 3_100);
    for (const [index, host] of [services, plc, hmi, engineering, historian, camera].entries()) this.schedule.after(20 + index * 15, () => host.announce());
  }

  get nowMs(): number {
    return this.options.startMs + this.schedule.nowMs;
  }

  get speed(): number {
    return this.currentSpeed;
  }

  get framesLost(): number {
    return this.lost;
  }

  advance(ms: number): void {
    this.schedule.advance(ms);
    if (this.attack?.isOver() === true) this.stopAttack();
  }

  pace(realMs: number): void {
    this.advance(realMs * this.currentSpeed);
  }

  setSpeed(speed: number): void {
    if (!(speed >= 1 && speed <= speedMax)) throw new ShinraiError('plant', `Cannot set the speed: found ${speed}, 1 to ${speedMax} is required`);
    this.currentSpeed = speed;
  }

  drain(into: PacketBuffer): boolean {
    for (; this.taken < this.waiting.length; this.taken += 1) {
      const frame = this.waiting[this.taken];
      assert(frame !== undefined, 'a waiting frame is there');
      if (!into.push(frame.bytes, frame.atMs)) return false;
    }
    this.waiting = [];
    this.taken = 0;
    return true;
  }

  takeFrames(): readonly MirrorFrame[] {
    const frames = this.taken === 0 ? this.waiting : this.waiting.slice(this.taken);
    this.waiting = [];
    this.taken = 0;
    return frames;
  }

  startAttack(name: AttackName): void {
    if (this.attack !== undefined) throw new ShinraiError('plant', `Cannot start "${name}": "${this.attack.name}" is running, stop it first`);
    this.attack = scenarios[name].start(this.stage());
  }

  stopAttack(): boolean {
    if (this.attack === undefined) return false;
    this.attack.stop();
    this.attack = undefined;
    return true;
  }

  state(): PlantState {
    return describePlant({
      atMs: this.nowMs,
      startMs: this.options.startMs,
      process: this.process,
      memory: this.plc.memory,
      hmi: this.hmi,
      modbus: this.modbus,
      attack: this.attack,
      framesStopped: this.switch.framesStopped,
    });
  }

  devices(): readonly DeviceDescription[] {
    return network.filter((device) => device.name !== 'stranger');
  }

  private runScan(): void {
    this.schedule.after(scanMs, () => {
      const hourOfDay = (((this.nowMs / 3_600_000 + 9) % 24) + 24) % 24; // Japan has no summer time.
      this.process.step(scanMs / 1000, hourOfDay);
      this.plc.scan(scanMs / 1000);
      this.runScan();
    });
  }

  private addHost(name: DeviceName): Host {
    const { host } = this.plug(name, addressOf(name), this.randomOf(name));
    this.hosts.set(name, host);
    return host;
  }

  private plug(name: DeviceName, address: number, random: Random): HostCable {
    return plugHost({ schedule: this.schedule, switch: this.switch }, { name, mac: macOf(name), address, ttl: describeDevice(name).ttl, random });
  }

  private stage(): Stage {
    return {
      schedule: this.schedule,
      causes: this.causes,
      hmi: this.hmi,
      plan: this.plan,
      hostOf: (name) => {
        const host = this.hosts.get(name);
        assert(host !== undefined, `${name} is plugged in`);
        return host;
      },
      plugStranger: () => {
        this.strangers += 1;
        return this.plug('stranger', 0, this.randomOf(`stranger ${this.strangers}`));
      },
    };
  }

  /** Each part has its own numbers, so that a change in one does not move the others. */
  private randomOf(part: string): Random {
    let seed = this.options.seed >>> 0;
    for (const letter of part) seed = (Math.imul(seed ^ (letter.codePointAt(0) ?? 0), 0x01000193) + 0x9e3779b9) >>> 0;
    return createRandom(seed);
  }

  private hold(frame: MirrorFrame): void {
    if (this.waiting.length - this.taken >= framesHeldMax) {
      this.taken += 1;
      this.lost += 1;
    }
    if (this.taken > framesHeldMax) {
      this.waiting = this.waiting.slice(this.taken);
      this.taken = 0;
    }
    this.waiting.push(frame);
  }
}
