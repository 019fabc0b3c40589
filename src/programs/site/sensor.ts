// SPDX-License-Identifier: Apache-2.0
import type { Log } from '../../base/log.ts';
import type { Detector } from '../../detectors/detector.ts';
import { createDetectors } from '../../detectors/index.ts';
import { windowMsDefault } from '../../detectors/ledger.ts';
import { type Line, runLine } from '../../line.ts';
import type { Finding } from '../../model/finding.ts';
import type { PacketSource } from '../../model/packet.ts';
import { findOperation, protocols } from '../../protocols/index.ts';
import { type LearningRule, siteLearning } from '../../watch/norm/learner.ts';
import type { Measured } from '../../watch/norm/measure.ts';
import { createWatcher, type Watcher } from '../../watch/norm/watcher.ts';
import type { PacketKeeper } from '../../watch/packets/packet-keeper.node.ts';
import { createTraffic, type Traffic } from '../../watch/traffic/traffic.ts';
import type { SensorState } from '../api/site.ts';
import { createMeter, type Meter } from './meter.ts';
import { type NormPlaces, openNormFile } from './norm-file.ts';
import { createReporter, type Reporter } from './reporter.ts';

export interface SensorOptions extends NormPlaces {
  readonly name: string;
  readonly source: PacketSource;
  readonly isSimulated: boolean;
  readonly describeSource: string;
  readonly keeper: PacketKeeper;
  readonly learning?: LearningRule;
  readonly log: Log;
  /** Hands findings on; resolves when they are stored. */
  report(findings: readonly Finding[]): Promise<void>;
}

/** The plant side of a site: from one source of packets to findings. */
export interface Sensor {
  readonly name: string;
  readonly detectors: readonly Detector[];
  readonly watcher: Watcher;
  readonly traffic: Traffic;
  state(): SensorState;
  /** Packets per second of the last ten minutes in steps of ten seconds, oldest first. */
  rate(): readonly number[];
  saveNorm(): Promise<void>;
  /** Resolves when the source has ended or was closed. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Starts the line over the source. The norm that was learnt before is taken up; a damaged one is refused rather than forgotten. */
export async function startSensor(options: SensorOptions): Promise<Sensor> {
  const traffic = createTraffic({ protocols, keepPackets: true });
  const learning = options.learning ?? siteLearning;
  // Who learns for minutes tells sightings apart by minutes: otherwise nothing would ever be seen in two windows.
  const detectors = createDetectors({ operationOf: findOperation, windowMs: Math.min(windowMsDefault, learning.quietMinMs) });
  const watcher = createWatcher({ detectors, flows: traffic.flows, source: options.name, learning });
  const norm = await openNormFile(watcher, options);
  const meter = createMeter();
  const state = { isRunning: true, lastMs: null as number | null }; // widened: set by the first packet
  const reporter = createReporter(options.report, options.log);
  const ended = runLine(options.source, createLine({ options, traffic, watcher, meter, state, reporter, saveNorm: norm.save }))
    .then(() => {
      const { opened, grown } = watcher.finish();
      reporter.put([...opened, ...grown]);
    })
    .catch((cause: unknown) =>
      options.log.error('sensor has stopped', { sensor: options.name, reason: cause instanceof Error ? cause.message : String(cause) }),
    )
    .finally(async () => {
      state.isRunning = false;
      await reporter.close();
    });
  return {
    name: options.name,
    detectors,
    watcher,
    traffic,
    saveNorm: norm.save,
    rate: meter.rate,
    ended,
    state: () => {
      const health = options.source.health();
      return {
        name: options.name,
        source: options.describeSource,
        isSimulated: options.isSimulated,
        isRunning: state.isRunning,
        packets: health.packets,
        bytes: health.bytes,
        packetsPerSecond: meter.rate().at(-1) ?? 0,
        dropped: health.dropped ?? null,
        lastMs: state.lastMs,
      };
    },
    close: async () => {
      await options.source.close();
      await ended;
      await norm.save();
    },
  };
}

interface LineParts {
  readonly options: SensorOptions;
  readonly traffic: Traffic;
  readonly watcher: Watcher;
  readonly meter: Meter;
  readonly state: { lastMs: number | null };
  readonly reporter: Reporter;
  saveNorm(): Promise<void>;
}

/** The stations of this sensor. */
function createLine({ options, traffic, watcher, meter, state, reporter, saveNorm }: LineParts): Line<Measured> {
  let wasLearning = watcher.phase === 'learning';
  return {
    keep: (packets) => options.keeper.append(packets),
    gather: (packets) => {
      traffic.observe(packets);
      state.lastMs = packets.atMs[packets.count - 1] ?? state.lastMs;
      meter.count(packets.count, state.lastMs ?? 0);
      return traffic;
    },
    measure: ({ messages, sightings }) => watcher.measure(messages, sightings, { packets: meter.latest(), atMs: state.lastMs ?? 0 }),
    detect: (measured) => {
      const told = watcher.detect(measured);
      return [...told.opened, ...told.grown];
    },
    report: async (findings) => {
      if (wasLearning && watcher.phase === 'watching') {
        wasLearning = false;
        await saveNorm();
        options.log.info('learning has ended', { sensor: options.name, entries: watcher.state().entries, packets: watcher.state().packets });
      }
      reporter.put(findings);
    },
  };
}
