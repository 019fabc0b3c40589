// SPDX-License-Identifier: Apache-2.0

/** Where things are in the folder of a site. */
export const places = {
  configuration: 'shinrai.json',
  settings: 'settings.json',
  evidence: 'evidence',
  keys: 'keys',
  certificate: 'tls/server.pem',
  certificateKey: 'tls/server.key',
  authority: 'tls/authority.pem',
  packets: 'packets',
  streams: 'streams',
  norm: 'norm.json',
  normDraft: 'norm-draft.json',
} as const;
