// SPDX-License-Identifier: Apache-2.0
import { ShinraiError, UsageError } from '../base/errors.ts';
import type { RouteDeclaration } from '../platform/http/route.ts';
import { type Command, type CommandInput, exits, type Option } from './command.ts';

const serverOptions: Readonly<Record<string, Option>> = {
  url: { kind: 'text', value: 'URL', help: 'address of the server; SHINRAI_URL or http://localhost:8480 where missing' },
};

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly anyOf?: readonly Property[];
}

/** Members of an object schema, by name. */
function propertiesOf(schema: object | undefined): Readonly<Record<string, Property>> {
  // Schemas are built by base/schema.ts: `properties` of an object schema is a map of schemas.
  return (schema as { readonly properties?: Readonly<Record<string, Property>> } | undefined)?.properties ?? {};
}

function optionOf(name: string, property: Property): Option {
  const type = property.type ?? property.anyOf?.find((each) => each.type !== 'null')?.type;
  return {
    kind: type === 'boolean' ? 'flag' : type === 'number' || type === 'integer' ? 'number' : 'text',
    value: property.enum?.join('|') ?? name.toUpperCase(),
    help: property.description ?? '',
  };
}

/**
 * A command that asks a running server: its options are the members of the route's query and body, its place the `{id}` of the path.
 * The token comes from SHINRAI_TOKEN, never from the command line, where other users of the machine could read it.
 */
export function createRemoteCommand(words: string, route: RouteDeclaration): Command {
  const query = propertiesOf(route.query);
  const body = propertiesOf(route.body);
  const hasId = route.path.includes('{id}');
  return {
    words,
    takes: hasId ? '<id>' : '',
    summary: `${route.summary} (asks a running server)`,
    options: {
      ...serverOptions,
      ...Object.fromEntries([...Object.entries(query), ...Object.entries(body)].map(([name, property]) => [name, optionOf(name, property)])),
    },
    places: hasId ? [1, 1] : [0, 0],
    run: async (input, terminal) => {
      const answer = await ask(route, input, query, body);
      const items = isPage(answer) ? answer.items : [answer];
      for (const item of items) terminal.out(input.flag('json') ? JSON.stringify(item) : describe(item));
      if (items.length === 0) terminal.say('Nothing.');
      return exits.yes;
    },
  };
}

async function ask(
  route: RouteDeclaration,
  input: CommandInput,
  query: Readonly<Record<string, Property>>,
  body: Readonly<Record<string, Property>>,
): Promise<unknown> {
  const base = input.text('url') ?? process.env['SHINRAI_URL'] ?? 'http://localhost:8480';
  const token = process.env['SHINRAI_TOKEN'];
  if (token === undefined)
    throw new UsageError('Cannot ask the server: SHINRAI_TOKEN is missing', 'Make a token in the console under Accounts, then: export SHINRAI_TOKEN=shn_…');
  const url = URL.parse(route.path.replace('{id}', encodeURIComponent(input.places[0] ?? '')), base);
  if (url === null) throw new UsageError(`Cannot ask "${base}": an address such as http://localhost:8480 is required`);
  for (const name of Object.keys(query)) {
    const value = input.text(name) ?? input.number(name);
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const given = Object.fromEntries(
    Object.entries(body).flatMap(([name, property]) => (givenFor(name, property, input) === undefined ? [] : [[name, givenFor(name, property, input)]])),
  );
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...(route.method === 'GET' ? {} : { 'content-type': 'application/json' }) };
  const answer = await fetch(url, { method: route.method, headers, ...(route.method === 'GET' ? {} : { body: JSON.stringify(given) }) }).catch(
    (cause: unknown) => {
      throw new ShinraiError(
        'remote',
        `Cannot reach ${url.origin}: ${cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause)}`,
        { cause, hint: 'Is the server running? A certificate of the site: NODE_EXTRA_CA_CERTS=…/tls/authority.pem' },
      );
    },
  );
  if (answer.status === 204) return { done: true };
  const content: unknown = await answer.json().catch(() => undefined);
  if (answer.ok) return content;
  const problem = content as { readonly detail?: string; readonly code?: string } | undefined; // RFC 9457, or whatever a proxy answers: both members may be missing
  throw new ShinraiError(
    'remote',
    `The server refused (${answer.status}${problem?.code === undefined ? '' : ` ${problem.code}`}): ${problem?.detail ?? answer.statusText}`,
  );
}

function givenFor(name: string, property: Property, input: CommandInput): unknown {
  const option = optionOf(name, property);
  if (option.kind === 'flag') return input.flag(name) || undefined;
  return option.kind === 'number' ? input.number(name) : input.text(name);
}

function isPage(answer: unknown): answer is { readonly items: readonly unknown[] } {
  return typeof answer === 'object' && answer !== null && 'items' in answer && Array.isArray(answer.items);
}

/** One line for people: the plain members of a record, longest last. */
function describe(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item);
  const flat = Object.entries(item).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? []
      : [`${name}=${/Ms$/.test(name) && typeof value === 'number' ? new Date(value).toISOString() : String(value)}`],
  );
  return flat.length === 0 ? JSON.stringify(item) : flat.join('  ');
}
