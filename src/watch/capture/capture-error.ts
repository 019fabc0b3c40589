// SPDX-License-Identifier: Apache-2.0
import { ShinraiError } from '../../base/errors.ts';

/**
 * The closed list of this room.
 * capture: not a file that we can read; capture-read: the disk failed while reading; capture-tool: no capture program works here;
 * capture-interface: no such interface; capture-rights: this account may not capture.
 */
export type CaptureErrorCode = 'capture' | 'capture-read' | 'capture-tool' | 'capture-interface' | 'capture-rights';

/** The one way to make an error of this room: the compiler checks the code. */
export function captureError(code: CaptureErrorCode, message: string, options: { readonly cause?: unknown; readonly hint?: string } = {}): ShinraiError {
  return new ShinraiError(code, message, options);
}
