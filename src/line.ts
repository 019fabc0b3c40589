// SPDX-License-Identifier: Apache-2.0
// The way of data. Read this file first; then docs/line.md, "Life of a packet".
import type { Feature } from './model/feature.ts';
import type { Finding } from './model/finding.ts';
import type { FlowTable, Sightings } from './model/flow.ts';
import type { MessageBatch } from './model/message.ts';
import type { PacketBatch, PacketSource } from './model/packet.ts';

/** Packets decoded and gathered: what watch/traffic gives of each batch. */
export interface Gathered {
  readonly messages: MessageBatch;
  readonly sightings: Sightings;
  readonly flows: FlowTable;
}

/** The stations of the plant side. Each works on whole batches; each is one room or kind, handed in by a program. */
export interface Line<Measured> {
  /** Keeps the packets, so that every later claim can be shown to be true (watch/packets). */
  keep(packets: PacketBatch): Promise<void>;
  /** Packets → messages (protocols) and conversations, devices (watch/traffic). */
  gather(packets: PacketBatch): Gathered;
  /** What is worth judging, as features (watch/norm). */
  measure(gathered: Gathered): Measured;
  /** Features the norm does not hold become findings (detectors, watch/norm). */
  detect(features: Measured): readonly Finding[];
  /** To the centre: findings become incidents, responses and evidence (watch/incident, watch/response, share/evidence). */
  report(findings: readonly Finding[]): Promise<void>;
}

/** Runs the plant side over a source until it ends: from packets to findings, batch by batch. */
export async function runLine<Measured extends { readonly features: readonly Feature[] }>(source: PacketSource, line: Line<Measured>): Promise<void> {
  for await (const packets of source.batches()) {
    await line.keep(packets);
    const gathered = line.gather(packets);
    const features = line.measure(gathered);
    const findings = line.detect(features);
    await line.report(findings);
  }
}

/** The stations of the centre, from a finding to the proof of what was done about it. */
export interface Centre<Incident, Response, Evidence> {
  correlate(findings: readonly Finding[]): Promise<readonly Incident[]>;
  recommend(incidents: readonly Incident[]): Promise<readonly Response[]>;
  record(findings: readonly Finding[], incidents: readonly Incident[], responses: readonly Response[]): Promise<readonly Evidence[]>;
}

/** What the centre does with reported findings; acting waits for a person's consent and is recorded the same way. */
export async function runCentre<I, R, E>(findings: readonly Finding[], centre: Centre<I, R, E>): Promise<readonly E[]> {
  const incidents = await centre.correlate(findings);
  const responses = await centre.recommend(incidents);
  return centre.record(findings, incidents, responses);
}
