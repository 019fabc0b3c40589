// SPDX-License-Identifier: Apache-2.0
import type { Command } from '../command.ts';
import { accountLink } from './account.ts';
import { assets, flows, messages } from './captures.ts';
import { chainCheck, chainProve, chainVerify } from './chain.ts';
import { learn } from './learn.ts';
import { plantRecord } from './plant.ts';
import { listProtocols } from './protocols.ts';
import { remoteCommands } from './remote.ts';
import { init, start } from './start.ts';
import { trace } from './trace.ts';
import { watch } from './watch.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  start,
  init,
  watch,
  learn,
  flows,
  messages,
  assets,
  listProtocols,
  chainVerify,
  chainProve,
  chainCheck,
  trace,
  plantRecord,
  accountLink,
  ...remoteCommands,
];
