// SPDX-License-Identifier: Apache-2.0
import { parseArgs } from 'node:util';
import { UsageError } from '../base/errors.ts';
import type { Terminal } from './terminal.ts';

/** Exit codes of every command: yes/done, no, wrong use, could not decide. */
export const exits = { yes: 0, no: 1, usage: 2, undecided: 3 } as const;
export type Exit = (typeof exits)[keyof typeof exits];

export interface Option {
  readonly kind: 'text' | 'number' | 'flag';
  readonly help: string;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
  /** The only values of a text. */
  readonly choices?: readonly string[];
  /** Least and greatest value of a number. */
  readonly range?: readonly [number, number];
  /** The number is a whole one. */
  readonly isWhole?: boolean;
}

/** One command of the command line: `shinrai <word> [verb] …`. */
export interface Command {
  /** `flows`, `chain verify`. */
  readonly words: string;
  /** What follows the words, for people: `<capture>`. */
  readonly takes: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Fewest and most places (arguments without flag). */
  readonly places: readonly [number, number];
  run(input: CommandInput, terminal: Terminal): Promise<Exit>;
}

export interface CommandInput {
  readonly places: readonly string[];
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean;
}

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, Option>> = {
  json: { kind: 'flag', help: 'one JSON object a line on standard output' },
  help: { kind: 'flag', help: 'show this help' },
};

/** Reads the arguments of a command. Raises UsageError for unknown flags, missing values and the wrong number of places. */
export function readArguments(command: Command, args: readonly string[]): CommandInput {
  const options = { ...commonOptions, ...command.options };
  const parsed = parse(command, options, args);
  const [fewest, most] = command.places;
  const places = parsed.positionals;
  if (!parsed.values['help'] && (places.length < fewest || places.length > most)) {
    throw new UsageError(
      `Cannot run "${command.words}": found ${places.length} arguments, ${fewest === most ? fewest : `${fewest} to ${most === Number.POSITIVE_INFINITY ? 'any number' : most}`} required`,
      `shinrai ${command.words} ${command.takes}`,
    );
  }
  // Every value is looked at before the command does anything.
  for (const [name, option] of Object.entries(options)) (option.kind === 'number' ? readNumber : readText)(name, option, parsed.values[name]);
  return {
    places,
    text: (name) => readText(name, options[name], parsed.values[name]),
    number: (name) => readNumber(name, options[name], parsed.values[name]),
    flag: (name) => parsed.values[name] === true,
  };
}

function readText(name: string, option: Option | undefined, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (option?.choices?.includes(value) === false)
    throw new UsageError(`Cannot read --${name}: found "${value}", one of ${option.choices.join(', ')} is required`);
  return value;
}

function readNumber(name: string, option: Option | undefined, value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const [least, greatest] = option?.range ?? [0, Number.MAX_SAFE_INTEGER];
  const number = /^-?[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : Number.NaN;
  const isWhole = option?.isWhole === true;
  if (!(number >= least && number <= greatest) || (isWhole && !Number.isInteger(number)))
    throw new UsageError(`Cannot read --${name}: found "${value}", a ${isWhole ? 'whole ' : ''}number from ${least} to ${greatest} is required`);
  return number;
}

function parse(
  command: Command,
  options: Readonly<Record<string, Option>>,
  args: readonly string[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, option]) => [name, { type: option.kind === 'flag' ? ('boolean' as const) : ('string' as const) }]),
      ),
    });
  } catch (cause) {
    throw new UsageError(`Cannot run "${command.words}": ${cause instanceof Error ? cause.message : String(cause)}`, `shinrai ${command.words} --help`);
  }
}

/** The help of one command. */
export function describeCommand(command: Command): string {
  const rows = Object.entries({ ...command.options, ...commonOptions }).map(
    ([name, option]) => `  --${name}${option.kind === 'flag' ? '' : ` ${option.value ?? name.toUpperCase()}`}`.padEnd(30) + option.help,
  );
  return [`shinrai ${command.words} ${command.takes}`.trim(), '', command.summary, '', ...rows].join('\n');
}
