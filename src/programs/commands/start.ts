// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { createLog, type LogLevel } from '../../base/log.ts';
import { type Command, type CommandInput, exits } from '../command.ts';
import { dataFolder, dataOption } from '../data-folder.ts';
import type { Configuration } from '../site/configuration.ts';
import type { Terminal } from '../terminal.ts';

const version = '0.1.0';
const consoleFolder = fileURLToPath(new URL('../../../console/dist', import.meta.url));
const demonstrationPort = 8480;
const sitePort = 8443;
const logLevels: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

function configurationFor(input: CommandInput, isDemonstration: boolean): Configuration {
  const place = input.text('interface');
  return {
    version: 1,
    origin:
      input.text('origin') ??
      `${hostname()
        .toLowerCase()
        .replace(/[^a-z0-9.-]/g, '-')}.shinrai.local/evidence`,
    listen: isDemonstration
      ? { address: '127.0.0.1', port: demonstrationPort, tls: false }
      : { address: input.text('listen') ?? '127.0.0.1', port: sitePort, tls: true },
    publicUrl: null,
    isDemonstration,
    sources: isDemonstration
      ? [{ name: 'plant', kind: 'plant', seed: 7 }]
      : place === undefined
        ? []
        : [{ name: 'sensor-1', kind: 'interface', interface: place }],
    enforcement: { kind: isDemonstration ? 'plant-switch' : 'none' },
  };
}

export const init: Command = {
  words: 'init',
  takes: '--interface eth1',
  summary: 'Create the folder of a real site: keys, certificates, empty chain',
  options: {
    ...dataOption,
    interface: { kind: 'text', value: 'NAME', help: 'network interface at the mirror port' },
    origin: { kind: 'text', value: 'NAME', help: "name of the site's log, unique in the world: your-domain.example/evidence" },
    listen: { kind: 'text', value: 'ADDRESS', help: 'address of the console; 127.0.0.1' },
  },
  places: [0, 0],
  run: async (input, terminal) => {
    if (input.text('interface') === undefined)
      throw new UsageError('Cannot create a site: --interface is missing', 'shinrai init --interface eth1; the demonstration needs none: shinrai start --demo');
    const { defaultSettings, initSite } = await import('../site/folder.ts');
    const folder = await initSite(dataFolder(input), configurationFor(input, false), defaultSettings);
    if (input.flag('json')) terminal.out(JSON.stringify({ folder: folder.path, configuration: folder.configuration }));
    else terminal.say(`Created a site in ${folder.path}. Next: shinrai start --data ${folder.path}\nPeople's browsers should trust ${folder.at('authority')}.`);
    return exits.yes;
  },
};

export const start: Command = {
  words: 'start',
  takes: '[--demo]',
  summary: 'Start everything on this machine; --demo with a simulated water plant and an attack',
  options: {
    ...dataOption,
    demo: { kind: 'flag', help: 'the demonstration site; its folder is made when missing' },
    port: { kind: 'number', value: 'N', range: [0, 65_535], isWhole: true, help: 'port of the console instead of the configured one; 0 = any' },
    log: { kind: 'text', value: 'LEVEL', choices: logLevels, help: 'debug, info, warning or error; warning' },
  },
  places: [0, 0],
  run: async (input, terminal) => {
    const [{ defaultSettings, initSite, openSite }, { startSite }] = await Promise.all([import('../site/folder.ts'), import('../site/site.ts')]);
    const path = dataFolder(input);
    const isNew = input.flag('demo') && !existsSync(join(path, 'shinrai.json'));
    const folder = isNew
      ? await initSite(path, configurationFor(input, true), { ...defaultSettings, siteName: '水道デモサイト / Demo waterworks' })
      : await openSite(path);
    const port = input.number('port') ?? (folder.configuration.isDemonstration ? await freePort(folder.configuration.listen.port) : undefined);
    const level = logLevels.find((name) => name === input.text('log')) ?? 'warning';
    const site = await startSite({
      folder,
      clock: systemClock,
      log: createLog({ level, write: (line) => terminal.say(line) }),
      version,
      consoleFolder: existsSync(join(consoleFolder, 'index.html')) ? consoleFolder : undefined,
      databaseUrl: process.env['SHINRAI_DATABASE_URL'],
      ...(port === undefined ? {} : { port }),
    });
    if (input.flag('json')) terminal.out(JSON.stringify({ url: site.url, signInUrl: site.signInUrl, data: path }));
    else welcome(terminal, site, path, folder.configuration.isDemonstration);
    terminal.flush();
    await new Promise<void>((resolve) => {
      process.once('SIGINT', resolve);
      process.once('SIGTERM', resolve);
    });
    terminal.say('\nStopping …');
    await site.close();
    return exits.yes;
  },
};

function welcome(terminal: Terminal, site: { readonly url: string; readonly signInUrl: string | null }, path: string, isDemonstration: boolean): void {
  terminal.say('');
  terminal.say(`  Shinrai 信頼 is running: ${site.url}`);
  terminal.say(`  Data: ${path}`);
  terminal.say('');
  terminal.say(
    site.signInUrl === null
      ? '  Sign in with your account.'
      : `  Sign in once with this link (15 minutes) / 最初のサインイン用リンク（15 分間有効）:\n\n    ${site.signInUrl}`,
  );
  terminal.say('');
  if (isDemonstration) {
    terminal.say('  The water plant is simulated; what judges its packets is real. It learns for about half a minute, then a stranger appears.');
    terminal.say('  浄水場は模擬です。判定する仕組みは実物です。約 30 秒の学習のあと、部外者が現れます。');
  }
  terminal.say('  Ctrl-C stops.');
}

/** The wanted port, or any free one where another program has it: a demonstration should start anyway. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)));
  });
}
