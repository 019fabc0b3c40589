// SPDX-License-Identifier: Apache-2.0
import type { AssetView, Finding, Incident, Overview, Response, SiteMap } from '../app/api.ts';
import { createFakeChain, type FakeChain } from './chain.ts';
import { FakePlant } from './plant.ts';
import { devices, fieldSwitch, findingsOf, incidentId, incidentOf, plc, responsesOf, stranger, strangerDevice } from './records.ts';

export const scenes = ['alarm', 'calm', 'learning', 'empty', 'contained', 'real', 'signed-out', 'viewer', 'broken'] as const;
export type Scene = (typeof scenes)[number];

type Tell = (kind: string, id: string) => void;
/** When each finding of an attack comes, after its beginning. */
const findingAfterMs = [1_500, 4_000, 8_000] as const;
const stoppedPerSecond = 1.4;

/** The site behind the fake server: what time and people do to it. */
export class FakeWorld {
  readonly scene: Scene;
  readonly chain: FakeChain = createFakeChain();
  readonly plant: FakePlant;
  readonly notes = new Map<string, AssetView['note']>();
  findings: Finding[] = [];
  incident: Incident | null = null;
  responses: Response[] = [];
  probation = [
    { detector: 'function', key: 'hmi-diagnostics', text: '10.20.0.20 > 10.20.0.10 modbus diagnostics', support: 1 },
    { detector: 'conversation', key: 'eng-ntp', text: '10.20.0.30 > 10.20.0.2 ntp', support: 2 },
    { detector: 'binding', key: 'cam', text: '10.20.0.50 = 00:40:8c:10:20:50', support: 2 },
  ];
  readonly #accepted = new Set<string>();
  readonly #startMs: number;
  readonly #tell: Tell;
  #attackMs: number | null = null;

  constructor(scene: Scene, nowMs: number, tell: Tell) {
    this.scene = scene;
    this.#startMs = nowMs;
    this.#tell = tell;
    const isAttacked = scene === 'alarm' || scene === 'contained' || scene === 'viewer';
    this.plant = new FakePlant(isAttacked ? nowMs - 42_000 : nowMs);
    for (const { id, criticality, zone } of devices) this.notes.set(id, { label: null, zone, criticality, isConfirmed: true });
    this.notes.set(fieldSwitch.id, { label: null, zone: fieldSwitch.zone, criticality: 'normal', isConfirmed: true });
    if (scene === 'empty') return;
    this.chain.append('site', 'site', [], nowMs - 3_600_000, 'admin created the site', { who: 'admin', what: 'created the site' });
    this.chain.append('account', 'acc-admin', [], nowMs - 3_500_000, 'sign-in admin', { kind: 'sign-in', accountName: 'admin' });
    if (isAttacked) {
      this.plant.attack = 'setpoint';
      this.#attackMs = nowMs - 42_000;
      this.tick(nowMs);
    }
    if (scene === 'contained') this.decide('rsp-5c1n8wd3rj7y2q6f', 'consent', 'admin', nowMs - 20_000, '');
  }

  isAttacked(): boolean {
    return this.#attackMs !== null;
  }

  startAttack(name: string | null, nowMs: number): void {
    this.plant.attack = name;
    if (name === null) this.#attackMs = null;
    else {
      this.#attackMs = nowMs;
      this.findings = [];
      this.incident = null;
      this.responses = this.responses.filter((response) => response.state !== 'proposed');
    }
    this.#tell('plant', name ?? '');
  }

  /** Lets time pass up to now: findings of an attack come, running responses end, counters rise. */
  tick(nowMs: number): void {
    this.plant.isStopped = this.responses.some((response) => response.state === 'running' && response.action.rules.length > 0);
    this.plant.advance(nowMs);
    const attackMs = this.#attackMs;
    if (attackMs !== null) {
      const due = findingsOf(attackMs).slice(0, this.plant.attack === 'scan' ? 2 : 3);
      due.forEach((finding, place) => {
        if (nowMs < attackMs + (findingAfterMs[place] ?? 0) || this.findings.some((known) => known.id === finding.id)) return;
        this.#find(finding);
      });
    }
    this.responses = this.responses.map((response) => {
      if (response.state !== 'running' || response.startedMs === null || response.endsMs === null) return response;
      const packetsStopped =
        response.action.rules.length === 0 ? null : Math.floor(((Math.min(nowMs, response.endsMs) - response.startedMs) / 1000) * stoppedPerSecond);
      if (nowMs < response.endsMs) return { ...response, packetsStopped };
      this.#tell('response', response.id);
      this.#record(
        'result',
        response,
        response.endsMs,
        `${response.action.name} on ${response.action.target} is expired, ${packetsStopped ?? 0} packets stopped`,
      );
      return { ...response, packetsStopped, state: 'expired', endedMs: response.endsMs };
    });
  }

  #find(finding: Finding): void {
    this.findings = [...this.findings, finding];
    this.incident = incidentOf(this.findings, this.incident?.state ?? 'open');
    this.chain.append('finding', finding.id, finding.from, finding.lastMs, `${finding.subject}: ${finding.observed}`, asJson(finding));
    this.chain.append('incident', incidentId, this.incident.from, finding.lastMs, `stage ${this.incident.stage}, origin ${stranger}`, asJson(this.incident));
    if (this.findings.length >= 2 && !this.responses.some((response) => response.state === 'proposed'))
      this.responses = [...responsesOf(finding.lastMs), ...this.responses];
    for (const kind of ['finding', 'incident', 'response', 'evidence', 'asset']) this.#tell(kind, '');
  }

  /** What a person decides; null where the response is not in a state for it. */
  decide(id: string, decision: 'consent' | 'decline' | 'undo', who: string, nowMs: number, note: string): Response | null {
    const response = this.responses.find((candidate) => candidate.id === id);
    if (response === undefined || response.state !== (decision === 'undo' ? 'running' : 'proposed')) return null;
    if (decision === 'consent' && response.interlocks.length > 0) return null;
    const decided: Response =
      decision === 'consent'
        ? {
            ...response,
            state: 'running',
            decidedBy: who,
            decidedMs: nowMs,
            startedMs: nowMs,
            endsMs: nowMs + response.action.limitMs,
            packetsStopped: response.action.rules.length === 0 ? null : 0,
          }
        : decision === 'decline'
          ? { ...response, state: 'declined', decidedBy: who, decidedMs: nowMs, endedMs: nowMs }
          : { ...response, state: 'undone', endedMs: nowMs };
    this.responses = this.responses.map((candidate) => (candidate.id === id ? decided : candidate));
    if (decision !== 'undo')
      this.#record(
        'decision',
        decided,
        nowMs,
        `${who} ${decision === 'consent' ? 'consented to' : 'declined'} ${response.action.name} on ${response.action.target}${note === '' ? '' : `: ${note}`}`,
      );
    if (decision === 'consent') this.#record('action', decided, nowMs, `${response.action.name} on ${response.action.target} is in force`);
    if (decision === 'undo')
      this.#record('result', decided, nowMs, `${response.action.name} on ${response.action.target} is undone, ${response.packetsStopped ?? 0} packets stopped`);
    if (this.incident !== null && response.action.rules.length > 0) this.incident = { ...this.incident, state: decision === 'consent' ? 'contained' : 'open' };
    for (const kind of ['response', 'incident', 'evidence', 'overview']) this.#tell(kind, id);
    return decided;
  }

  #record(about: string, response: Response, atMs: number, summary: string): void {
    this.chain.append(about, response.id, response.from, atMs, summary, asJson({ response }));
  }

  /** A person says that a finding is normal; false where the sensor no longer holds it, as after the first time. */
  acceptFinding(finding: Finding, who: string, nowMs: number, note: string): boolean {
    if (this.#accepted.has(finding.id)) return false;
    this.#accepted.add(finding.id);
    const record = { who, note, finding: finding.id, observed: finding.observed, detector: finding.detector };
    this.chain.append('decision', `accept-${finding.id}`, [finding.id], nowMs, `${who} accepted as normal: ${finding.observed}`, asJson(record));
    for (const kind of ['finding', 'norm', 'evidence']) this.#tell(kind, finding.id);
    return true;
  }

  changeIncident(state: Incident['state'], note: string, nowMs: number): void {
    if (this.incident === null) return;
    this.incident = { ...this.incident, state };
    this.chain.append('incident', incidentId, this.incident.from, nowMs, `${state}${note === '' ? '' : `: ${note}`}`, asJson(this.incident));
    this.#tell('incident', incidentId);
  }

  assets(nowMs: number): AssetView[] {
    const all = [...devices, fieldSwitch, ...(this.findings.length > 0 ? [strangerDevice] : [])];
    if (this.scene === 'empty') return [];
    return all.map((device) => {
      const note = this.notes.get(device.id) ?? { label: null, zone: null, criticality: 'normal', isConfirmed: false };
      const isLayer2 = device.address === device.mac;
      return {
        asset: {
          id: device.id,
          addresses: isLayer2 ? [] : [device.address],
          macs: [device.mac],
          vendor: device.vendor,
          names: isLayer2 ? [device.name] : [],
          roles: [...device.roles],
          firstMs: device === strangerDevice ? (this.findings[0]?.atMs ?? nowMs) : this.#startMs - 1_500_000,
          lastMs: nowMs - 700,
          packets: device.roles.reduce((sum, role) => sum + role.packets, 120),
          bytes: device.roles.reduce((sum, role) => sum + role.packets * 92, 9_000),
        },
        note,
        name: note.label ?? device.name,
        openFindings: this.findings.filter((finding) => finding.addresses.includes(device.address)).length,
      };
    });
  }

  map(nowMs: number): SiteMap {
    const views = this.assets(nowMs);
    const running = this.responses.filter((response) => response.state === 'running' && response.action.rules.length > 0);
    const isIsolated = running.some((response) => response.action.name === 'isolate-device');
    const known = [...devices, fieldSwitch, strangerDevice];
    const severityOf = (address: string): string | null => this.findings.filter((finding) => finding.addresses.includes(address)).at(-1)?.severity ?? null;
    const link = (from: string, to: string, services: string[], packets: number) => ({
      id: `${from}-${to}`,
      fromId: from,
      toId: to,
      services,
      packets,
      lastMs: nowMs - 900,
      isNormal: true,
      severity: null,
      isCut: false,
    });
    const attackLinks = [
      {
        ...link('ast-stranger', 'ast-plc', ['modbus'], 96),
        isNormal: false,
        severity: this.findings.length > 2 ? 'critical' : 'high',
        isCut: running.length > 0,
      },
      { ...link('ast-stranger', 'ast-services', ['dhcp', 'tcp/53'], 18), isNormal: false, severity: 'medium', isCut: isIsolated },
    ];
    return {
      atMs: nowMs,
      devices: views.map((view) => {
        const device = known.find((candidate) => candidate.id === view.asset.id);
        const address = device?.address ?? '';
        return {
          id: view.asset.id,
          name: view.name,
          address,
          kind: device?.kind ?? 'unknown',
          zone: view.note.zone,
          severity: severityOf(address),
          isNew: view.asset.id === 'ast-stranger' && !view.note.isConfirmed,
          isTarget: address === plc && this.findings.some((finding) => finding.operation !== null),
          isIsolated: isIsolated && address === stranger,
        };
      }),
      links:
        views.length === 0
          ? []
          : [
              link('ast-operator-terminal', 'ast-plc', ['modbus'], 61_004),
              link('ast-historian', 'ast-plc', ['modbus'], 12_311),
              link('ast-engineering-station', 'ast-plc', ['modbus'], 1_204),
              link('ast-camera', 'ast-operator-terminal', ['rtp'], 40_800),
              link('ast-historian', 'ast-services', ['http', 'dns'], 4_420),
              link('ast-engineering-station', 'ast-services', ['ntp'], 12),
              link('ast-plc', 'ast-services', ['ntp'], 48),
              ...(this.findings.length > 0 ? attackLinks : []),
            ],
    };
  }

  norm(nowMs: number): Overview['norm'] {
    const isLearning = this.scene === 'learning' || this.scene === 'empty';
    const seconds = (nowMs - this.#startMs) / 1000;
    return {
      phase: isLearning ? 'learning' : 'watching',
      startedMs: this.#startMs - 1_500_000,
      endedMs: isLearning ? null : this.#startMs - 900_000,
      packets: this.scene === 'empty' ? 0 : Math.round(148_300 + seconds * 62),
      noveltyRate: this.scene === 'empty' ? 1 : isLearning ? 0.0009 : 0.00004,
      noveltyTarget: 0.0001,
      progress: this.scene === 'empty' ? 0 : isLearning ? 0.62 : 1,
      entries: this.scene === 'empty' ? 0 : 87,
      onProbation: this.scene === 'empty' ? 0 : this.probation.length,
    };
  }
}

/** Records are plain JSON by their schemas. */
function asJson(record: object): Parameters<FakeChain['append']>[5] {
  return record as Parameters<FakeChain['append']>[5];
}
