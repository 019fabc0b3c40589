// SPDX-License-Identifier: Apache-2.0
import type { Operation } from '../protocol.ts';

/**
 * The public function codes of Modbus. Function 8 has three names, because two of its sub-functions stop a device from
 * answering and must not hide behind the harmless ones; function 43 has two, one for each MEI type.
 * Source: MODBUS Application Protocol Specification V1.1b3, sections 5 and 6; techniques: ATT&CK for ICS 18.1.
 */
export const operations: readonly Operation[] = [
  { name: 'read-coils', code: 1, class: 'read', technique: 'T0801' },
  { name: 'read-discrete-inputs', code: 2, class: 'read', technique: 'T0801' },
  { name: 'read-holding-registers', code: 3, class: 'read', technique: 'T0801' },
  { name: 'read-input-registers', code: 4, class: 'read', technique: 'T0801' },
  { name: 'write-single-coil', code: 5, class: 'write', technique: 'T0855' },
  { name: 'write-single-register', code: 6, class: 'write', technique: 'T0836' },
  { name: 'read-exception-status', code: 7, class: 'diagnostics', technique: 'T0868' },
  { name: 'diagnostics', code: 8, class: 'diagnostics', technique: 'T0888' },
  { name: 'diagnostics-restart-communications', code: 8, class: 'stop-start', technique: 'T0816' },
  { name: 'diagnostics-force-listen-only', code: 8, class: 'stop-start', technique: 'T0814' },
  { name: 'get-comm-event-counter', code: 11, class: 'diagnostics', technique: 'T0888' },
  { name: 'get-comm-event-log', code: 12, class: 'diagnostics', technique: 'T0888' },
  { name: 'write-multiple-coils', code: 15, class: 'write', technique: 'T0855' },
  { name: 'write-multiple-registers', code: 16, class: 'write', technique: 'T0836' },
  { name: 'report-server-id', code: 17, class: 'discovery', technique: 'T0888' },
  { name: 'read-file-record', code: 20, class: 'read', technique: 'T0893' },
  { name: 'write-file-record', code: 21, class: 'write', technique: 'T0836' },
  { name: 'mask-write-register', code: 22, class: 'write', technique: 'T0836' },
  { name: 'read-write-multiple-registers', code: 23, class: 'write', technique: 'T0836' },
  { name: 'read-fifo-queue', code: 24, class: 'read', technique: 'T0801' },
  { name: 'canopen-general-reference', code: 43, class: 'other', technique: 'T0855' },
  { name: 'read-device-identification', code: 43, class: 'discovery', technique: 'T0888' },
];

/** Name of each function code 0 … 255; 8 and 43 are refined by their sub-function. */
export const functionNames: readonly string[] = Array.from({ length: 256 }, (_, code) => {
  if (code === 43) return 'function-43';
  return operations.find((operation) => operation.code === code)?.name ?? `function-${code}`;
});

/** Object of function 8 for the sub-functions 0 … 20 that the specification names (section 6.8.1). */
export const diagnosticObjects: readonly string[] = Array.from({ length: 21 }, (_, sub) => `diagnostic-${sub}`);

/** What an exception code says: the status of the response. Source: the same, section 7. */
export const exceptionNames: readonly string[] = Array.from({ length: 256 }, (_, code) => `exception-${code}`)
  .with(1, 'illegal-function')
  .with(2, 'illegal-data-address')
  .with(3, 'illegal-data-value')
  .with(4, 'server-device-failure')
  .with(5, 'acknowledge')
  .with(6, 'server-device-busy')
  .with(7, 'negative-acknowledge')
  .with(8, 'memory-parity-error')
  .with(10, 'gateway-path-unavailable')
  .with(11, 'gateway-target-failed-to-respond');

/** Names of the device identification objects 0 … 6 (section 6.21). */
export const identificationNames: readonly string[] = [
  'vendor-name',
  'product-code',
  'revision',
  'vendor-url',
  'product-name',
  'model-name',
  'application-name',
];
