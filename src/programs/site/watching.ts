// SPDX-License-Identifier: Apache-2.0
import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../../base/canonical-json.ts';
import type { Finding } from '../../model/finding.ts';
import type { Response } from '../../model/response.ts';
import type { EventHub } from '../../platform/http/events.node.ts';
import { learningDefaults, siteLearning } from '../../watch/norm/learner.ts';
import type { Enforcer } from '../../watch/response/enforcer.ts';
import { createLifecycle, type Lifecycle } from '../../watch/response/lifecycle.ts';
import { type Centre, createCentre } from './centre.ts';
import { evidenceOfResponse } from './evidence-items.ts';
import { createKnowledge, type Knowledge } from './knowledge.ts';
import type { OpenedSite } from './opened.ts';
import { createRehearsals } from './rehearsal.ts';
import { type Sensor, startSensor } from './sensor.ts';
import { noEnforcer, openEnforcer } from './sources.ts';

/** The running line of a site: sensor, centre, and the life of responses. */
export interface Watching {
  readonly sensor: Sensor;
  readonly knowledge: Knowledge;
  readonly lifecycle: Lifecycle;
  /** Takes findings in, also those that other sensors hand in over the API. */
  receive(findings: readonly Finding[]): Promise<void>;
  setState: Centre['setState'];
}

const pinnedPacketsMax = 60_000;
const findingsAtOnce = 500;
const minuteMs = 60_000;
const restMs = 200;

/** Starts the line; `owner` ends it. */
export async function startWatching(site: OpenedSite, hub: EventHub, owner: AsyncDisposableStack): Promise<Watching> {
  const { folder, clock, log } = site.options;
  const { configuration } = folder;
  const enforcer = openEnforcer(configuration, site.source.plant);
  // Findings lie in the stream before anything is made of them: what a crash interrupts is handed out again at the next start.
  const receive = async (findings: readonly Finding[]): Promise<void> => void (await site.bus.publish(`finding.${site.sensorName}`, findings.map(asPayload)));
  const sensor = await startSensor({
    name: site.sensorName,
    source: site.source.source,
    isSimulated: site.source.plant !== undefined,
    describeSource: site.source.describe,
    keeper: site.keeper,
    normPath: folder.at('norm'),
    draftPath: folder.at('normDraft'),
    learning: configuration.isDemonstration ? learningDefaults : siteLearning,
    log: log.room('sensor'),
    report: receive,
  });
  owner.defer(() => sensor.close());
  const knowledge = createKnowledge(sensor, site.registry);
  const rehearse = createRehearsals(
    site.keeper,
    () => sensor.state().lastMs ?? clock.nowMs(),
    site.nowMs,
    () => site.source.source.health().dropped ?? 0,
  );
  const limitMs = (): number => site.settings.current.responseLimitMinutes * minuteMs;
  const centre = createCentre({ ...site, hub, clock, log: log.room('centre'), knowledge, canEnforce: enforcer !== undefined, limitMs, rehearse });
  await site.bus.consume({
    subject: 'finding.>',
    group: 'centre',
    batchMax: findingsAtOnce,
    // The stream holds what `receive` put into it: findings of our own sensor, or those that the API has checked against their schema.
    handler: async (messages) => {
      await centre.receive(messages.map((message) => message.payload as unknown as Finding));
      await wait(restMs); // many findings that come meanwhile cost one round of work, not one each; a first one never waits
    },
  });
  return { sensor, knowledge, lifecycle: openLifecycle(site, enforcer ?? noEnforcer), receive, setState: centre.setState };
}

/** A finding is plain JSON by its schema. */
function asPayload(finding: Finding): Json {
  return finding as unknown as Json;
}

function openLifecycle(site: OpenedSite, enforcer: Enforcer): Lifecycle {
  return createLifecycle({
    store: site.responses,
    enforcer,
    nowMs: site.nowMs,
    record: async (event) => void (await site.evidence.record([evidenceOfResponse(event)])),
    pin: (response) => pinPackets(site, response),
  });
}

/** Keeps the packets of the incident beyond their time and says to the chain which file holds them. */
async function pinPackets(site: OpenedSite, response: Response): Promise<void> {
  const found = await site.incidents.readIncident(response.from[0] ?? '');
  const numbers = (found?.findings ?? []).flatMap((finding) => finding.packets).slice(0, pinnedPacketsMax);
  const pinned = await site.keeper.pin(response.id, numbers);
  const event = { about: 'action', response, atMs: site.nowMs(), note: `${pinned.packets} packets are kept` } as const;
  await site.evidence.record([evidenceOfResponse(event, [{ name: `${response.id}.pcap`, sha256: pinned.sha256 }])]);
}
