// SPDX-License-Identifier: Apache-2.0
const versionNames: ReadonlyMap<number, string> = new Map([
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
]);

/** `TLS 1.3`, or the number in hexadecimal. */
export function versionName(version: number): string {
  return versionNames.get(version) ?? `0x${version.toString(16).padStart(4, '0')}`;
}

/** Descriptions of alerts. RFC 8446 appendix B.2, RFC 5246 section 7.2.2, RFC 7301, 7507. */
const alertNames: ReadonlyMap<number, string> = new Map([
  [0, 'ok'], // close_notify: the orderly end
  [10, 'unexpected-message'],
  [20, 'bad-record-mac'],
  [21, 'decryption-failed'],
  [22, 'record-overflow'],
  [30, 'decompression-failure'],
  [40, 'handshake-failure'],
  [41, 'no-certificate'],
  [42, 'bad-certificate'],
  [43, 'unsupported-certificate'],
  [44, 'certificate-revoked'],
  [45, 'certificate-expired'],
  [46, 'certificate-unknown'],
  [47, 'illegal-parameter'],
  [48, 'unknown-ca'],
  [49, 'access-denied'],
  [50, 'decode-error'],
  [51, 'decrypt-error'],
  [60, 'export-restriction'],
  [70, 'protocol-version'],
  [71, 'insufficient-security'],
  [80, 'internal-error'],
  [86, 'inappropriate-fallback'],
  [90, 'user-canceled'],
  [100, 'no-renegotiation'],
  [109, 'missing-extension'],
  [110, 'unsupported-extension'],
  [112, 'unrecognized-name'],
  [113, 'bad-certificate-status-response'],
  [115, 'unknown-psk-identity'],
  [116, 'certificate-required'],
  [120, 'no-application-protocol'],
]);

/** `unknown-ca`; `ok` for the orderly end; `alert-<n>` for a number without a name. */
export function alertName(description: number): string {
  return alertNames.get(description) ?? `alert-${description}`;
}
