// SPDX-License-Identifier: Apache-2.0
// Writes everything that follows from the lists and declarations in the sources: docs/generated/* and the console's client.
// With --check it writes nothing and ends with 1 when a file is not current. `node tools/generate.ts [--check]`
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Asset } from '../src/model/asset.ts';
import { Finding } from '../src/model/finding.ts';
import { Flow } from '../src/model/flow.ts';
import { Incident } from '../src/model/incident.ts';
import { Message } from '../src/model/message.ts';
import { buildOpenApi } from '../src/platform/http/openapi.ts';
import { allRoutes } from '../src/programs/api/routes.ts';
import { commonOptions } from '../src/programs/command.ts';
import { commands } from '../src/programs/commands/index.ts';
import { protocols } from '../src/protocols/index.ts';

const packageText = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const { version }: { readonly version: string } = JSON.parse(packageText);
const isCheck = process.argv.includes('--check');
const folder = new URL('../docs/generated/', import.meta.url);

function describeProtocols(): string {
  const rows = protocols.map((protocol) => {
    const carriers = protocol.carriers.map((carrier) =>
      carrier.kind === 'frame'
        ? carrier.etherTypes.map((type) => `0x${type.toString(16).padStart(4, '0')}`).join(' ')
        : `${carrier.kind === 'stream' ? 'TCP' : 'UDP'} ${carrier.ports.join(' ')}`,
    );
    return `| \`${protocol.name}\` | ${protocol.title} | ${carriers.join(', ')} | ${protocol.operations.length} | ${protocol.specification} |`;
  });
  const operations = protocols.flatMap((protocol) =>
    protocol.operations
      .filter((operation) => operation.technique !== undefined || ['write', 'program', 'mode', 'stop-start', 'firmware'].includes(operation.class))
      .map((operation) => `| \`${protocol.name}\` | \`${operation.name}\` | ${operation.code ?? ''} | ${operation.class} | ${operation.technique ?? ''} |`),
  );
  return [
    '# Protocols',
    '',
    'Generated from the list in `src/protocols/index.ts`. Recognised by content; ports are only where looking begins.',
    '',
    '| name | protocol | carried over | operations | specification |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    '## Operations that act upon a process, or that have a technique of ATT&CK for ICS',
    '',
    '| protocol | operation | code | class | technique |',
    '|---|---|---|---|---|',
    ...operations,
    '',
  ].join('\n');
}

function describeCommands(): string {
  const parts = commands.map((command) => {
    const rows = Object.entries(command.options).map(
      ([name, option]) => `| \`--${name}${option.kind === 'flag' ? '' : ` ${option.value ?? name.toUpperCase()}`}\` | ${option.help.replaceAll('|', '\\|')} |`,
    );
    return [
      `## shinrai ${command.words} ${command.takes.replaceAll('<', '&lt;')}`.trimEnd(),
      '',
      `${command.summary}.`,
      '',
      ...(rows.length === 0 ? [] : ['| option | |', '|---|---|', ...rows, '']),
    ].join('\n');
  });
  const common = Object.entries(commonOptions)
    .map(([name, option]) => `\`--${name}\` (${option.help})`)
    .join(' and ');
  return [
    '# Commands',
    '',
    `Generated from \`src/programs/commands\`. Every command takes ${common}. Exit codes: 0 yes, 1 no, 2 wrong use, 3 could not decide.`,
    '',
    ...parts,
  ].join('\n');
}

const files: Readonly<Record<string, string>> = {
  'openapi.json': `${JSON.stringify(buildOpenApi(allRoutes, { version }), null, 2)}\n`,
  'outputs.json': `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'One object a line that commands print with --json', flows: Flow, messages: Message, assets: Asset, watch: { anyOf: [Finding, Incident] } }, null, 2)}\n`,
  'protocols.md': describeProtocols(),
  'commands.md': describeCommands(),
};
let isCurrent = true;
mkdirSync(folder, { recursive: true });
for (const [name, content] of Object.entries(files)) {
  const url = new URL(name, folder);
  if (existsSync(url) && readFileSync(url, 'utf8') === content) continue;
  isCurrent = false;
  if (isCheck) process.stderr.write(`shinrai: error: docs/generated/${name} is not current\n`);
  else writeFileSync(url, content);
}
const client = spawnSync(process.execPath, [fileURLToPath(new URL('../console/generate.mjs', import.meta.url)), ...(isCheck ? ['--check'] : [])], {
  encoding: 'utf8',
});
process.stderr.write(client.stderr);
if (isCheck && !isCurrent) process.stderr.write('shinrai: hint: node_modules/.bin/node tools/generate.ts\n');
process.exitCode = (isCheck && !isCurrent) || client.status !== 0 ? 1 : 0;
