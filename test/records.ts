// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../src/model/finding.ts';
import type { Incident } from '../src/model/incident.ts';
import type { Response } from '../src/model/response.ts';

/** A finding of a stranger writing a set point, with what differs. */
export function makeFinding(change: Partial<Finding> = {}): Finding {
  return {
    kind: 'finding',
    id: 'fnd-write',
    atMs: 1_000,
    lastMs: 2_000,
    from: ['sensor'],
    detector: 'function',
    subject: '10.0.0.66 > 10.0.0.10 modbus',
    addresses: ['10.0.0.66', '10.0.0.10'],
    service: 'modbus',
    observed: 'write-single-register holding-register/2',
    expected: 'read-holding-registers holding-register/0-9',
    support: 1_200,
    score: 0.95,
    severity: 'high',
    technique: 'T0836',
    operation: 'write',
    words: { key: 'finding.new-command', with: {} },
    packets: [10, 12],
    packetCount: 2,
    ...change,
  };
}

/** An incident of that stranger at stage 3. */
export function makeIncident(change: Partial<Incident> = {}): Incident {
  return {
    kind: 'incident',
    id: 'inc-1',
    atMs: 1_000,
    lastMs: 2_000,
    from: ['fnd-write'],
    stage: 3,
    severity: 'high',
    state: 'open',
    title: { key: 'incident.title.acting', with: {} },
    origin: '10.0.0.66',
    subjects: ['10.0.0.66', '10.0.0.10'],
    spread: [],
    causes: [],
    ...change,
  };
}

/** A proposed response that denies the stranger's conversation for a minute. */
export function makeResponse(change: Partial<Response> = {}): Response {
  return {
    kind: 'response',
    id: 'rsp-1',
    atMs: 3_000,
    from: ['inc-1'],
    action: {
      name: 'deny-flow',
      target: '10.0.0.66 > 10.0.0.10',
      rules: [{ clientAddress: '10.0.0.66', serverAddress: '10.0.0.10', transport: 'tcp', serverPort: 502, protocol: null, functions: null, mac: null }],
      limitMs: 60_000,
    },
    why: { key: 'response.why.deny-flow', with: {} },
    cost: { windowMs: 300_000, packets: 1_000, packetsCut: 20, normalPacketsCut: 0, conversations: [], caveats: [] },
    rank: 1,
    interlocks: [],
    state: 'proposed',
    decidedBy: null,
    decidedMs: null,
    startedMs: null,
    endsMs: null,
    endedMs: null,
    packetsStopped: null,
    failure: null,
    ...change,
  };
}
