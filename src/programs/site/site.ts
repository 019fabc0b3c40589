// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { type Accounts, createAccounts } from '../../platform/accounts/service.node.ts';
import { openVault } from '../../platform/accounts/vault-key.node.ts';
import { createEventHub, type EventHub } from '../../platform/http/events.node.ts';
import { createMetrics } from '../../platform/http/metrics.node.ts';
import { createHttpServer, type HttpServer } from '../../platform/http/server.node.ts';
import type { Settings } from '../api/site.ts';
import { bindRoutes, type RouteParts } from './bind-routes.ts';
import { evidenceOfAccount, evidenceOfDecision } from './evidence-items.ts';
import { createFindingPackets } from './finding-packets.ts';
import { writeDurably } from './folder.ts';
import { measureSite } from './measures.ts';
import { type OpenedSite, openSiteParts, type SiteOptions } from './opened.ts';
import { startRounds } from './rounds.ts';
import { startWatching, type Watching } from './watching.ts';

export interface RunningSite {
  readonly url: string;
  /** Address with a one-time secret for the first administrator; null where somebody can sign in already. */
  readonly signInUrl: string | null;
  close(): Promise<void>;
}

/**
 * Starts everything of one site in this process. Recovery is this same start: what was acknowledged before a crash is there,
 * half-done work is repaired by its room. Raises what its rooms raise; then nothing of it is left running.
 */
export async function startSite(options: SiteOptions): Promise<RunningSite> {
  await using owner = new AsyncDisposableStack();
  const site = await openSiteParts(options, owner);
  const hub = createEventHub({ isStillSignedIn: (headers, caller) => accounts.isStillSignedIn(headers, caller) });
  const accounts = openAccounts(site);
  const watching = await startWatching(site, hub, owner);
  const server = owner.adopt(await openServer(site, watching, accounts, hub), (opened) => opened.close());
  owner.defer(() => hub.close());
  const listening = await server.listen({ host: options.folder.configuration.listen.address, port: portOf(options) });
  const rounds = startRounds({ ...site, ...watching, accounts, hub, plant: site.source.plant, clock: options.clock, log: options.log.room('rounds') });
  owner.defer(async () => {
    rounds.stop();
    await rounds.ended;
  });
  const link = await accounts.createFirstLink();
  const running = owner.move();
  // One name for one place: a browser keeps a session for the name that it was opened with, and passkeys need a name.
  const url = listening.replace('127.0.0.1', 'localhost');
  return { url, signInUrl: link === null ? null : `${url}${link.path}`, close: () => running.disposeAsync() };
}

function portOf({ port, folder }: SiteOptions): number {
  return port ?? folder.configuration.listen.port;
}

function openAccounts(site: OpenedSite): Accounts {
  const { folder, clock } = site.options;
  const { listen, publicUrl } = folder.configuration;
  const own = `${listen.tls ? 'https' : 'http'}://localhost:${portOf(site.options)}`;
  return createAccounts({
    database: site.database,
    vault: openVault({ folder: folder.at('keys'), create: true }),
    clock,
    audit: async (event) => void (await site.evidence.record([evidenceOfAccount(event)])),
    settings: { siteName: site.settings.current.siteName, origins: [publicUrl ?? own], passkeyHost: new URL(publicUrl ?? own).hostname, hasTls: listen.tls },
  });
}

async function openServer(site: OpenedSite, watching: Watching, accounts: Accounts, hub: EventHub): Promise<HttpServer> {
  const { folder, log, version, consoleFolder } = site.options;
  const metrics = createMetrics({ isWholeProcess: true });
  measureSite(metrics, { sensor: watching.sensor, evidence: site.evidence, hub, stores: site });
  const tls = folder.configuration.listen.tls
    ? { key: await readFile(folder.at('certificateKey'), 'utf8'), cert: await readFile(folder.at('certificate'), 'utf8') }
    : undefined;
  return createHttpServer({
    routes: [...accounts.routes, hub.route, ...bindRoutes(routeParts(site, watching, hub))],
    authenticate: accounts.authenticate,
    log: log.room('http'),
    version,
    metrics,
    ...(tls === undefined ? {} : { tls }),
    ...(consoleFolder === undefined ? {} : { staticFolder: consoleFolder }),
    ready: () => site.database.ping(),
  });
}

function routeParts(site: OpenedSite, watching: Watching, hub: EventHub): RouteParts {
  const { folder } = site.options;
  const decide = async (who: string, what: string, id: string, record: object = {}): Promise<void> =>
    void (await site.evidence.record([evidenceOfDecision(who, what, id, site.nowMs(), record)]));
  return {
    ...site,
    ...watching,
    hub,
    plant: site.source.plant,
    packets: createFindingPackets(site.keeper),
    isDemonstration: folder.configuration.isDemonstration,
    settings: () => site.settings.current,
    changeSettings: async (next: Settings, who: string) => {
      await decide(who, 'changed the settings', 'settings', next);
      await writeDurably(folder.at('settings'), `${JSON.stringify(next, null, 2)}\n`);
      site.settings.current = next;
      return next;
    },
    recordDecision: decide,
  };
}
