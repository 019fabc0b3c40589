// SPDX-License-Identifier: Apache-2.0
import type { Overview, Settings } from '../app/api.ts';
import { accountAnswers, type FakeAccounts } from './accounts.ts';
import { type FakeAnswer, type FakeRequest, ok, problem } from './answer.ts';
import { packetsOf } from './packets.ts';
import { incidentId } from './records.ts';
import type { FakeWorld } from './world.ts';

/** The state of everything behind the routes. */
export interface FakeSite {
  readonly world: FakeWorld;
  readonly accounts: FakeAccounts;
  settings: Settings;
}

type Answer = (request: FakeRequest, id: string) => FakeAnswer | Promise<FakeAnswer>;

/** Answers one request as the server would. */
export async function answerRequest(site: FakeSite, request: FakeRequest, nowMs: number): Promise<FakeAnswer> {
  const { world } = site;
  world.tick(nowMs);
  if (world.scene === 'broken' && request.path !== '/api/session') return problem(503, 'busy', 'Cannot answer: the store does not respond within 5 s');
  const byAccounts = accountAnswers(site.accounts, request, nowMs);
  if (byAccounts !== undefined) return byAccounts;
  if (site.accounts.session === null) return problem(401, 'not-signed-in', 'Cannot answer: sign in first');
  for (const [pattern, answer] of answersOf(site, nowMs)) {
    const [method = '', path = ''] = pattern.split(' ');
    if (method !== request.method) continue;
    const match = new RegExp(`^${path.replace('{id}', '([^/]+)')}$`).exec(request.path);
    if (match !== null) return answer(request, decodeURIComponent(match[1] ?? ''));
  }
  return problem(404, 'not-found', `Cannot answer ${request.method} ${request.path}: there is no such route`);
}

function answersOf(site: FakeSite, nowMs: number): readonly (readonly [string, Answer])[] {
  return [...watchingAnswers(site, nowMs), ...responseAnswers(site, nowMs), ...evidenceAnswers(site, nowMs), ...siteAnswers(site, nowMs)];
}

const page = (items: readonly unknown[], total = items.length) => ({ items, next: null, total });
const missing = (what: string, id: string): FakeAnswer => problem(404, 'not-found', `Cannot find ${what}: there is none with id "${id}"`);

function watchingAnswers({ world, accounts }: FakeSite, nowMs: number): readonly (readonly [string, Answer])[] {
  const entriesOf = (name: string): readonly string[] => world.chain.entries.filter((entry) => entry.name === name).map((entry) => entry.id);
  const incidentView = () => ({
    incident: world.incident,
    findings: world.findings,
    responses: world.responses.map((response) => response.id),
    evidence: entriesOf(incidentId),
  });
  return [
    [
      'GET /api/findings',
      ({ query }) => {
        const severity = query.get('severity');
        const address = query.get('address');
        return ok(
          page(
            [...world.findings]
              .reverse()
              .filter(
                (finding) =>
                  (severity === null || finding.severity === severity) && (address === null || finding.addresses.some((one) => one.startsWith(address))),
              ),
          ),
        );
      },
    ],
    [
      'GET /api/findings/{id}',
      (_, id) => {
        const finding = world.findings.find((candidate) => candidate.id === id);
        return finding === undefined ? missing('the finding', id) : ok({ finding, incident: incidentId, evidence: entriesOf(id) });
      },
    ],
    [
      'POST /api/findings/{id}/accept',
      ({ body }, id) => {
        if (accounts.session?.role === 'viewer') return problem(403, 'forbidden', 'Cannot accept the finding: the role viewer may only look');
        const finding = world.findings.find((candidate) => candidate.id === id);
        if (finding === undefined) return missing('the finding', id);
        const { note } = body;
        if (!world.acceptFinding(finding, accounts.session?.name ?? '', nowMs, typeof note === 'string' ? note : ''))
          return problem(409, 'finding-not-held', `Cannot accept finding "${id}": this sensor does not hold it any more, or another one found it`);
        return ok({ finding, incident: incidentId, evidence: entriesOf(id) });
      },
    ],
    [
      'GET /api/findings/{id}/packets',
      ({ query }, id) => {
        const finding = world.findings.find((candidate) => candidate.id === id);
        return finding === undefined ? missing('the finding', id) : ok(packetsOf(finding, Number(query.get('offset') ?? 0), Number(query.get('limit') ?? 50)));
      },
    ],
    [
      'GET /api/incidents',
      ({ query }) => {
        const state = query.get('state');
        return ok(page(world.incident === null || (state !== null && world.incident.state !== state) ? [] : [world.incident]));
      },
    ],
    ['GET /api/incidents/{id}', (_, id) => (world.incident === null || id !== incidentId ? missing('the incident', id) : ok(incidentView()))],
    [
      'PATCH /api/incidents/{id}',
      ({ body }, id) => {
        const { state, note } = body;
        if (world.incident === null || id !== incidentId) return missing('the incident', id);
        if (state !== 'acknowledged' && state !== 'closed' && state !== 'open')
          return problem(400, 'invalid-request', 'Cannot change the incident: state is not one of acknowledged, closed, open');
        world.changeIncident(state, typeof note === 'string' ? note : '', nowMs);
        return ok(incidentView());
      },
    ],
    [
      'GET /api/assets',
      ({ query }) => {
        const search = (query.get('search') ?? '').toLowerCase();
        return ok(
          page(
            world
              .assets(nowMs)
              .filter((view) => JSON.stringify([view.name, view.asset.addresses, view.asset.macs, view.asset.vendor]).toLowerCase().includes(search)),
          ),
        );
      },
    ],
    [
      'GET /api/assets/{id}',
      (_, id) => {
        const view = world.assets(nowMs).find((candidate) => candidate.asset.id === id);
        return view === undefined ? missing('the device', id) : ok(view);
      },
    ],
    [
      'PATCH /api/assets/{id}',
      ({ body }, id) => {
        const view = world.assets(nowMs).find((candidate) => candidate.asset.id === id);
        if (view === undefined) return missing('the device', id);
        world.notes.set(id, { ...view.note, ...body });
        return ok(world.assets(nowMs).find((candidate) => candidate.asset.id === id));
      },
    ],
    ['GET /api/map', () => ok(world.map(nowMs))],
    ['GET /api/norm', () => ok(world.norm(nowMs))],
    [
      'GET /api/norm/entries',
      ({ query }) =>
        ok({
          items:
            query.get('state') === 'confirmed'
              ? []
              : world.probation.map((entry) => ({ ...entry, firstMs: nowMs - 900_000, lastMs: nowMs - 60_000, state: 'probation' })),
        }),
    ],
    [
      'POST /api/norm/entries',
      ({ body }) => {
        world.probation = world.probation.filter((entry) => entry.key !== body['key']);
        return ok(world.norm(nowMs));
      },
    ],
  ];
}

function responseAnswers({ world, accounts }: FakeSite, nowMs: number): readonly (readonly [string, Answer])[] {
  const decide =
    (decision: 'consent' | 'decline' | 'undo'): Answer =>
    ({ body }, id) => {
      if (accounts.session?.role === 'viewer') return problem(403, 'forbidden', 'Cannot decide: the role viewer may only look');
      const { note } = body;
      const decided = world.decide(id, decision, accounts.session?.name ?? '', nowMs, typeof note === 'string' ? note : '');
      return decided === null ? problem(409, 'wrong-state', `Cannot ${decision} response "${id}": it is not in a state for that`) : ok(decided);
    };
  return [
    [
      'GET /api/responses',
      ({ query }) => {
        const state = query.get('state');
        const incident = query.get('incident');
        return ok(
          page(world.responses.filter((response) => (state === null || response.state === state) && (incident === null || response.from.includes(incident)))),
        );
      },
    ],
    [
      'GET /api/responses/{id}',
      (_, id) => {
        const response = world.responses.find((candidate) => candidate.id === id);
        return response === undefined ? missing('the response', id) : ok(response);
      },
    ],
    ['POST /api/responses/{id}/consent', decide('consent')],
    ['POST /api/responses/{id}/decline', decide('decline')],
    ['POST /api/responses/{id}/undo', decide('undo')],
  ];
}

function evidenceAnswers({ world }: FakeSite, nowMs: number): readonly (readonly [string, Answer])[] {
  const { chain } = world;
  const chainState = async () => ({
    origin: 'fake.example/evidence',
    vkey: await chain.vkey(),
    size: chain.entries.length,
    checkpointMs: nowMs - 800,
    root: await chain.root(),
    auditedMs: nowMs - 21_000,
    isSound: true,
  });
  return [
    ['GET /api/chain', async () => ok(await chainState())],
    [
      'GET /api/evidence',
      ({ query }) => {
        const search = (query.get('search') ?? '').toLowerCase();
        const about = query.get('about');
        return ok(
          page(
            [...chain.entries].reverse().filter((entry) => (about === null || entry.about === about) && JSON.stringify(entry).toLowerCase().includes(search)),
          ),
        );
      },
    ],
    [
      'GET /api/evidence/{id}',
      async (_, id) => {
        const entry = chain.entries.find((candidate) => candidate.id === id);
        return entry === undefined ? missing('the entry', id) : ok({ entry, statement: await chain.statement(entry.index) });
      },
    ],
    [
      'GET /api/evidence/{id}/proof',
      async (_, id) => {
        const entry = chain.entries.find((candidate) => candidate.id === id);
        return entry === undefined ? missing('the entry', id) : ok(JSON.parse(await chain.proof(entry.index)));
      },
    ],
    [
      'GET /api/trace/{id}',
      (_, id) => (chain.entries.some((entry) => entry.id === id || entry.name === id) ? ok({ nodes: traceOf(world, id) }) : missing('record', id)),
    ],
    ['GET /api/overview', async () => ok(overviewOf(world, await chainState(), nowMs))],
  ];
}

/** As the real index answers it: the newest entry of each record, its packets as a node, and sources that are no entries. */
function traceOf(world: FakeWorld, id: string): readonly unknown[] {
  const nodes = new Map<string, unknown>();
  const visit = (name: string, atMs: number): void => {
    if (nodes.has(name)) return;
    const entry = [...world.chain.entries].reverse().find((candidate) => candidate.id === name || candidate.name === name);
    if (entry === undefined) {
      nodes.set(name, { id: name, about: 'source', atMs, summary: name, from: [], index: -1 });
      return;
    }
    const finding = world.findings.find((candidate) => candidate.id === entry.name);
    const parts = finding === undefined ? [] : [`${entry.name}#packets`, ...finding.packets.slice(0, 20).map((number) => `packet:${number}`)];
    nodes.set(entry.name, {
      id: entry.name,
      about: entry.about,
      atMs: entry.atMs,
      summary: entry.summary,
      from: [...entry.from, ...parts],
      index: entry.index,
    });
    if (finding !== undefined)
      nodes.set(`${entry.name}#packets`, {
        id: `${entry.name}#packets`,
        about: 'packets',
        atMs: finding.atMs,
        summary: `${finding.packets[0]}-${finding.packets.at(-1)}`,
        from: [...entry.from],
        index: -1,
      });
    for (const part of parts.slice(1)) nodes.set(part, { id: part, about: 'source', atMs, summary: part, from: [], index: -1 });
    for (const from of entry.from) visit(from, entry.atMs);
  };
  visit(id, 0);
  return [...nodes.values()];
}

function overviewOf(world: FakeWorld, chain: Overview['chain'], nowMs: number): Overview {
  const running = world.responses.filter((response) => response.state === 'running');
  const isOpen = world.incident !== null && world.incident.state !== 'closed';
  const norm = world.norm(nowMs);
  const isActing = isOpen && (world.incident?.stage ?? 0) >= 3;
  const isContained = running.some((response) => response.action.rules.length > 0);
  const level = isActing && !isContained ? 'alarm' : isOpen ? 'attention' : norm.phase === 'learning' ? 'learning' : 'calm';
  const headline = level === 'alarm' ? 'site.alarm' : isActing ? 'site.contained' : level === 'attention' ? 'site.attention' : `site.${level}`;
  const isEmpty = world.scene === 'empty';
  return {
    siteName: 'Hoshino waterworks',
    isDemonstration: world.scene !== 'real',
    atMs: nowMs,
    level,
    headline: { key: headline, with: headline === 'site.attention' ? { count: 1 } : {} },
    sensors: [
      {
        name: 'sensor-1',
        source: world.scene === 'real' ? 'eth1' : 'simulated water plant',
        isSimulated: world.scene !== 'real',
        isRunning: true,
        packets: norm.packets,
        bytes: norm.packets * 96,
        packetsPerSecond: 62.4,
        dropped: 0,
        lastMs: isEmpty ? null : nowMs - 20,
      },
    ],
    norm,
    chain,
    openIncidents: isOpen && world.incident !== null ? [world.incident] : [],
    decisions: isOpen && !isContained ? world.responses.filter((response) => response.state === 'proposed').slice(0, 3) : [],
    running,
    latestFindings: [...world.findings].reverse(),
    counts: {
      assets: world.assets(nowMs).length,
      newAssets: world.findings.length > 0 ? 1 : 0,
      findingsDay: world.findings.length,
      incidentsOpen: isOpen ? 1 : 0,
      evidence: world.chain.entries.length,
    },
    rate: isEmpty ? [] : Array.from({ length: 60 }, (_, step) => 58 + 7 * Math.sin(step / 5) + (world.isAttacked() && step > 55 ? 70 - (60 - step) * 6 : 0)),
  };
}

function siteAnswers(fake: FakeSite, nowMs: number): readonly (readonly [string, Answer])[] {
  const { world } = fake;
  const noPlant = problem(404, 'no-plant', 'Cannot show the simulated plant: this is a real site');
  return [
    ['GET /api/plant', () => (world.scene === 'real' ? noPlant : ok(world.plant.view()))],
    [
      'POST /api/plant/attack',
      ({ body }) => {
        if (world.scene === 'real') return noPlant;
        world.startAttack(typeof body['name'] === 'string' ? body['name'] : null, nowMs);
        return ok(world.plant.view());
      },
    ],
    ['GET /api/settings', () => ok(fake.settings)],
    [
      'PUT /api/settings',
      ({ body }) => {
        // The console sends the whole record; the real server validates it by its schema.
        fake.settings = body as unknown as Settings;
        return ok(fake.settings);
      },
    ],
  ];
}
