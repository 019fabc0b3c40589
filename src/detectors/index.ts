// SPDX-License-Identifier: Apache-2.0
import { createBindingDetector } from './binding/binding.ts';
import { createConversationDetector } from './conversation/conversation.ts';
import type { Detector } from './detector.ts';
import { createFunctionDetector, type OperationOf } from './function/function.ts';

export interface DetectorOptions {
  /** What a protocol says of its functions: `findOperation` of the protocols. */
  readonly operationOf: OperationOf;
  /** Windows in which sightings are told apart; default ten minutes. */
  readonly windowMs?: number;
  readonly entriesMax?: number;
}

/** One line for each detector, in order of their layers. The key is the folder, the detector's name and the word in findings. */
export const detectorMakers: { readonly [name: string]: (options: DetectorOptions) => Detector } = {
  binding: createBindingDetector,
  conversation: createConversationDetector,
  function: createFunctionDetector,
};

/** Fresh detectors with an empty norm, lowest layer first. */
export function createDetectors(options: DetectorOptions): readonly Detector[] {
  return Object.values(detectorMakers).map((create) => create(options));
}
