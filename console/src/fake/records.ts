// SPDX-License-Identifier: Apache-2.0
import type { AssetView, Finding, Incident, Response, SiteMap } from '../app/api.ts';

export const stranger = '10.20.0.101';
export const plc = '10.20.0.10';

interface Device {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly mac: string;
  readonly vendor: string | null;
  readonly kind: SiteMap['devices'][number]['kind'];
  readonly zone: string | null;
  readonly criticality: AssetView['note']['criticality'];
  readonly roles: AssetView['asset']['roles'];
}
const device = (
  name: string,
  address: string,
  mac: string,
  vendor: string,
  kind: Device['kind'],
  zone: string,
  criticality: Device['criticality'],
  roles: Device['roles'],
): Device => ({
  id: `ast-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
  name,
  address,
  mac,
  vendor,
  kind,
  zone,
  criticality,
  roles,
});

export const devices: readonly Device[] = [
  device('PLC', plc, '00:80:f4:10:20:10', 'Telemecanique Electrique', 'controller', 'Control', 'essential', [
    { service: 'modbus', side: 'server', peers: 3, packets: 88_120 },
    { service: 'ntp', side: 'client', peers: 1, packets: 48 },
  ]),
  device('Operator terminal', '10.20.0.20', '00:0e:8c:10:20:20', 'Siemens AG', 'operator-terminal', 'Control', 'high', [
    { service: 'modbus', side: 'client', peers: 1, packets: 61_004 },
    { service: 'rtp', side: 'server', peers: 1, packets: 40_800 },
  ]),
  device('Engineering station', '10.20.0.30', '18:66:da:10:20:30', 'Dell Inc.', 'workstation', 'Engineering', 'normal', [
    { service: 'modbus', side: 'client', peers: 1, packets: 1_204 },
  ]),
  device('Historian', '10.20.0.40', '00:25:90:10:20:40', 'Super Micro Computer, Inc.', 'server', 'Services', 'normal', [
    { service: 'modbus', side: 'client', peers: 1, packets: 12_311 },
    { service: 'http', side: 'client', peers: 1, packets: 4_220 },
  ]),
  device('Services', '10.20.0.2', '00:25:90:10:20:02', 'Super Micro Computer, Inc.', 'server', 'Services', 'normal', [
    { service: 'dns', side: 'server', peers: 3, packets: 912 },
    { service: 'ntp', side: 'server', peers: 4, packets: 210 },
    { service: 'dhcp', side: 'server', peers: 2, packets: 16 },
  ]),
  device('Camera', '10.20.0.50', '00:40:8c:10:20:50', 'Axis Communications AB', 'camera', 'Control', 'low', [
    { service: 'rtp', side: 'client', peers: 1, packets: 40_800 },
  ]),
];
export const strangerDevice: Device = {
  ...device('TP-Link 10.20.0.101', stranger, '50:c7:bf:66:06:66', 'TP-LINK TECHNOLOGIES CO.,LTD.', 'unknown', '', 'normal', [
    { service: 'modbus', side: 'client', peers: 1, packets: 96 },
  ]),
  id: 'ast-stranger',
  zone: null,
};
export const fieldSwitch: Device = {
  ...device('field-switch', '00:1b:1b:10:20:fe', '00:1b:1b:10:20:fe', 'Siemens AG', 'network', 'Control', 'normal', []),
  roles: [{ service: 'lldp', side: 'client', peers: 1, packets: 120 }],
};

const findingBase = { kind: 'finding', from: ['sensor plant', 'norm 4f2c91'], addresses: [stranger, plc] } as const;
/** What the stranger's attack is found by, in order; `atMs` is when the attack began. */
export function findingsOf(atMs: number): readonly Finding[] {
  const base = { ...findingBase, from: [...findingBase.from], addresses: [...findingBase.addresses] };
  return [
    {
      ...base,
      id: 'fnd-7r2m4kq9wz1c5t8v',
      atMs: atMs + 300,
      lastMs: atMs + 9_000,
      detector: 'binding',
      subject: `${stranger} 50:c7:bf:66:06:66`,
      addresses: [stranger],
      service: 'arp',
      observed: `${stranger} at 50:c7:bf:66:06:66`,
      expected: '7 addresses, each at one hardware address',
      support: 112_904,
      score: 0.9,
      severity: 'medium',
      technique: 'T0848',
      operation: null,
      words: { key: 'finding.new-device', with: { address: stranger, mac: '50:c7:bf:66:06:66', known: 7 } },
      packets: [128_411, 128_412],
      packetCount: 2,
    },
    {
      ...base,
      id: 'fnd-2x9d6hb3nf7g0j4s',
      atMs: atMs + 1_200,
      lastMs: atMs + 8_400,
      detector: 'conversation',
      subject: `${stranger} > 254 targets`,
      addresses: [stranger, '10.20.0.1', '10.20.0.2', plc],
      service: 'tcp',
      observed: '508 new targets in 8 s',
      expected: 'no conversation',
      support: 48_200,
      score: 0.97,
      severity: 'high',
      technique: 'T0846',
      operation: null,
      words: { key: 'finding.sweep', with: { actor: stranger, count: 508, examples: '10.20.0.1 tcp/22, 10.20.0.2 tcp/53, 10.20.0.10 tcp/502' } },
      packets: Array.from({ length: 60 }, (_, place) => 128_420 + place * 3),
      packetCount: 1_016,
    },
    {
      ...base,
      id: 'fnd-9k5v1yq8ct3w6p0e',
      atMs: atMs + 12_000,
      lastMs: atMs + 30_000,
      detector: 'function',
      subject: `${stranger} > ${plc} modbus`,
      service: 'modbus',
      observed: 'write-multiple-registers holding-register/0',
      expected: 'read-holding-registers, read-input-registers, write-single-register (10.20.0.20)',
      support: 88_120,
      score: 0.99,
      severity: 'critical',
      technique: 'T0836',
      operation: 'write',
      words: {
        key: 'finding.new-command',
        with: {
          client: stranger,
          server: plc,
          function: 'write-multiple-registers',
          object: 'holding-register/0',
          service: 'modbus',
          known: 'read-holding-registers, read-input-registers',
          support: 88_120,
        },
      },
      packets: Array.from({ length: 12 }, (_, place) => 129_502 + place * 64),
      packetCount: 12,
    },
  ];
}

export const incidentId = 'inc-4m8t2zq6hv0c9k3x';
/** The incident that the findings so far make, by how many there are. */
export function incidentOf(findings: readonly Finding[], state: Incident['state']): Incident {
  const ids = findings.map((finding) => finding.id);
  const first = findings[0];
  const last = findings.at(-1);
  const isActing = findings.some((finding) => finding.detector === 'function');
  const isScanning = findings.length >= 2;
  return {
    kind: 'incident',
    id: incidentId,
    atMs: first?.atMs ?? 0,
    lastMs: last?.lastMs ?? 0,
    from: ids,
    stage: isActing ? 3 : isScanning ? 2 : 1,
    severity: isActing ? 'critical' : isScanning ? 'high' : 'medium',
    state,
    title: isActing
      ? { key: 'incident.title.acting', with: { origin: stranger, target: plc, observed: 'write-multiple-registers holding-register/0' } }
      : isScanning
        ? { key: 'incident.title.sweep', with: { origin: stranger } }
        : { key: 'incident.title.new-device', with: { origin: stranger } },
    origin: stranger,
    subjects: [stranger, plc, '10.20.0.2'],
    spread: isScanning
      ? [
          { address: '10.20.0.2', fromAddress: stranger, atMs: (first?.atMs ?? 0) + 1_400, service: 'tcp/53' },
          { address: plc, fromAddress: stranger, atMs: (first?.atMs ?? 0) + 3_900, service: 'modbus' },
        ]
      : [],
    causes: [
      cause('rogue-command', 'attack', isActing ? 0.71 : 0.2, 'T0855', ids),
      cause('discovery', 'attack', isActing ? 0.09 : 0.45, 'T0846', ids.slice(0, 2)),
      cause('planned-maintenance', 'maintenance', isActing ? 0.12 : 0.22, null, ids.slice(2)),
      cause('new-equipment', 'maintenance', isActing ? 0.05 : 0.1, null, ids.slice(0, 1)),
      cause('misconfiguration', 'misconfiguration', 0.03, null, []),
    ],
  };
}
function cause(
  name: string,
  nature: Incident['causes'][number]['nature'],
  probability: number,
  technique: string | null,
  because: readonly string[],
): Incident['causes'][number] {
  return {
    name,
    nature,
    probability,
    technique,
    words: { key: `incident.cause.${name}`, with: {} },
    because: [...because],
    wouldConfirm: [{ key: `incident.confirm.${name}`, with: {} }],
  };
}

/** The proposals for the incident, the recommended first. */
export function responsesOf(atMs: number): readonly Response[] {
  const target = `${stranger} > ${plc} modbus`;
  const rule = { clientAddress: stranger, serverAddress: plc, transport: 'tcp', serverPort: 502, protocol: 'modbus', functions: null, mac: null } as const;
  const cut = (packets: number): Response['cost'] => ({
    windowMs: 300_000,
    packets: 31_204,
    packetsCut: packets,
    normalPacketsCut: 0,
    conversations: [{ subject: `${stranger} > ${plc}`, service: 'modbus', packets, isNormal: false, isEssential: false }],
    caveats: [],
  });
  const one = (
    rank: number,
    id: string,
    action: Response['action'],
    why: Response['why'],
    cost: Response['cost'],
    interlocks: Response['interlocks'] = [],
  ): Response => ({
    kind: 'response',
    id,
    atMs,
    from: [incidentId],
    action,
    why,
    cost,
    rank,
    interlocks,
    state: 'proposed',
    decidedBy: null,
    decidedMs: null,
    startedMs: null,
    endsMs: null,
    endedMs: null,
    packetsStopped: null,
    failure: null,
  });
  const limitMs = 900_000;
  return [
    one(1, 'rsp-5c1n8wd3rj7y2q6f', { name: 'deny-flow', target, rules: [rule], limitMs }, { key: 'response.why.deny-flow', with: { target } }, cut(96)),
    one(
      2,
      'rsp-8g4b0xs6tk9z3v1m',
      {
        name: 'isolate-device',
        target: stranger,
        rules: [{ ...rule, serverAddress: null, transport: null, serverPort: null, protocol: null, mac: '50:c7:bf:66:06:66' }],
        limitMs,
      },
      { key: 'response.why.isolate-device', with: { target: stranger } },
      {
        ...cut(1_118),
        conversations: [...cut(96).conversations, { subject: `${stranger} > 10.20.0.2`, service: 'dhcp', packets: 6, isNormal: false, isEssential: false }],
      },
    ),
    one(
      3,
      'rsp-1h7q5zc2mb8d4w9k',
      {
        name: 'restrict-function',
        target: plc,
        rules: [{ ...rule, clientAddress: null, functions: ['write-single-register', 'write-multiple-registers'] }],
        limitMs,
      },
      { key: 'response.why.restrict-function', with: { target: plc, protocol: 'modbus' } },
      {
        windowMs: 300_000,
        packets: 31_204,
        packetsCut: 41,
        normalPacketsCut: 29,
        conversations: [
          { subject: `${stranger} > ${plc}`, service: 'modbus', packets: 12, isNormal: false, isEssential: false },
          { subject: `10.20.0.20 > ${plc}`, service: 'modbus', packets: 29, isNormal: true, isEssential: true },
        ],
        caveats: [{ key: 'response.caveat.short', with: { seconds: 300 } }],
      },
      [{ key: 'response.interlock.essential', with: { subject: `10.20.0.20 > ${plc}` } }],
    ),
    one(
      4,
      'rsp-3t6k9ve1pf5x8n0a',
      { name: 'observe', target: stranger, rules: [], limitMs: 3_600_000 },
      { key: 'response.why.observe', with: { target: stranger } },
      { windowMs: 300_000, packets: 31_204, packetsCut: 0, normalPacketsCut: 0, conversations: [], caveats: [] },
    ),
  ];
}
