// SPDX-License-Identifier: Apache-2.0
import { systemClock } from '../base/clock.ts';
import { ShinraiError, UsageError } from '../base/errors.ts';
import { type Command, describeCommand, type Exit, exits, readArguments } from './command.ts';
import { commands } from './commands/index.ts';
import { openTerminal } from './terminal.ts';

const terminal = openTerminal(systemClock.nowMs);

/** Finds the command whose words begin the arguments; the longest words win (`chain verify` before `chain`). */
function findCommand(args: readonly string[]): { readonly command: Command; readonly rest: readonly string[] } | undefined {
  for (const count of [2, 1]) {
    const words = args.slice(0, count).join(' ');
    const command = commands.find((candidate) => candidate.words === words);
    if (command !== undefined) return { command, rest: args.slice(count) };
  }
  return undefined;
}

function describeAll(): string {
  const width = Math.max(...commands.map((command) => command.words.length + command.takes.length)) + 4;
  const rows = commands.map((command) => `  ${`${command.words} ${command.takes}`.padEnd(width)}${command.summary}`);
  return [
    'shinrai <word> [verb] [--json] …',
    '',
    ...rows,
    '',
    'shinrai <word> --help tells the options. Exit: 0 yes, 1 no, 2 wrong use, 3 could not decide.',
  ].join('\n');
}

async function run(args: readonly string[]): Promise<Exit> {
  if (args.length === 0 || args[0] === '--help' || args[0] === 'help') {
    terminal.out(describeAll());
    return args.length === 0 ? exits.usage : exits.yes;
  }
  const found = findCommand(args);
  if (found === undefined) {
    const verbs = commands.filter((command) => command.words.split(' ')[0] === args[0]).map((command) => command.words);
    throw new UsageError(
      `Cannot run "${args.slice(0, 2).join(' ')}": there is no such command`,
      verbs.length > 0 ? `There is: ${verbs.join(', ')}` : 'shinrai --help lists all',
    );
  }
  const input = readArguments(found.command, found.rest);
  if (input.flag('help')) {
    terminal.out(describeCommand(found.command));
    return exits.yes;
  }
  return found.command.run(input, terminal);
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (cause) {
  terminal.flush();
  terminal.say(`shinrai: error: ${cause instanceof Error ? cause.message : String(cause)}`);
  if (cause instanceof ShinraiError && cause.hint !== undefined) terminal.say(`shinrai: hint: ${cause.hint}`);
  if (!(cause instanceof ShinraiError) && cause instanceof Error && process.env['SHINRAI_DEBUG'] === '1') terminal.say(cause.stack ?? '');
  process.exitCode = cause instanceof UsageError ? exits.usage : exits.undecided;
}
terminal.flush();
