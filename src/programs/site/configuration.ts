// SPDX-License-Identifier: Apache-2.0
import { Ajv2020 } from 'ajv/dist/2020.js';
import { UsageError } from '../../base/errors.ts';
import { flag, integer, list, nullable, object, oneOf, type Static, text } from '../../base/schema.ts';

/** A place where packets come from. */
export const Source = object(
  'Source',
  {
    name: text({ minLength: 1, maxLength: 60, pattern: '^[a-z0-9][a-z0-9-]*$', description: 'Name of the sensor in findings and on screens.' }),
    kind: oneOf(['interface', 'plant'], { description: 'A network interface of this machine, or the simulated plant.' }),
    interface: text({ maxLength: 15, description: 'Name of the interface (mirror port).' }),
    seed: integer({ minimum: 0, maximum: 4_294_967_295, description: 'Seed of the simulated plant.' }),
  },
  ['interface', 'seed'],
);
export type Source = Static<typeof Source>;

/** Where traffic is taken off the wire when somebody consents. */
export const Enforcement = object(
  'Enforcement',
  {
    kind: oneOf(['none', 'nftables', 'plant-switch']),
    namespace: text({
      maxLength: 60,
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_-]*$',
      description: 'Network namespace of the bridge; the machine itself where missing.',
    }),
  },
  ['namespace'],
);

/** All that a site is started with: the file `shinrai.json` of its folder. Every key with its default stands in docs/operations.md. */
export const Configuration = object('Configuration', {
  version: integer({ minimum: 1, maximum: 1 }),
  origin: text({
    minLength: 3,
    maxLength: 200,
    pattern: '^[a-z0-9][a-z0-9.:/-]*$',
    description: 'Name of the log, unique in the world: a domain of yours and a path.',
  }),
  listen: object('Listen', {
    address: text({ maxLength: 45 }),
    port: integer({ minimum: 0, maximum: 65535 }),
    tls: flag({ description: 'Needed on any address but loopback.' }),
  }),
  publicUrl: nullable(text({ maxLength: 200, description: 'Address under which people open the console; null = the listening address.' })),
  isDemonstration: flag(),
  sources: list(Source, { maxItems: 1, description: 'One sensor a site today; more of them meet over the stream in a later version.' }),
  enforcement: Enforcement,
});
export type Configuration = Static<typeof Configuration>;

const check = new Ajv2020({ allErrors: true, strict: false }).compile(Configuration);

/** Reads a configuration file's text. Raises UsageError that names each wrong place: unknown keys are wrong, too. */
export function parseConfiguration(content: string, path: string): Configuration {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new UsageError(`Cannot read "${path}": ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (check(value)) return requireTls(value as Configuration, path); // the schema that was just checked is the one the type is derived from
  const places = (check.errors ?? []).map(
    (error) =>
      `${error.instancePath === '' ? 'the file' : error.instancePath} ${error.message ?? ''}${error.params['additionalProperty'] === undefined ? '' : ` (${error.params['additionalProperty']})`}`,
  );
  throw new UsageError(`Cannot use "${path}": ${places.join('; ')}`, 'docs/operations.md shows every key');
}

const loopback: readonly string[] = ['127.0.0.1', '::1', 'localhost'];

/** What leaves the machine is encrypted: without TLS only loopback is listened on (docs/decisions/0003). */
function requireTls(configuration: Configuration, path: string): Configuration {
  const { tls, address } = configuration.listen;
  if (tls || loopback.includes(address)) return configuration;
  throw new UsageError(
    `Cannot use "${path}": /listen has no TLS on ${address}, TLS or a loopback address is required`,
    'Set "tls": true, or listen on 127.0.0.1 behind a proxy of your own',
  );
}
