// SPDX-License-Identifier: Apache-2.0
import type { ActionKind } from './action.ts';
import { denyFlow } from './deny-flow/deny-flow.ts';
import { isolateDevice } from './isolate-device/isolate-device.ts';
import { notify } from './notify/notify.ts';
import { observe } from './observe/observe.ts';
import { restrictFunction } from './restrict-function/restrict-function.ts';

/** All that a response can do: one folder and one line each. */
export const actionKinds: readonly ActionKind[] = [observe, notify, restrictFunction, denyFlow, isolateDevice];
