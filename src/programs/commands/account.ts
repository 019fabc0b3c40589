// SPDX-License-Identifier: Apache-2.0
import { systemClock } from '../../base/clock.ts';
import { type Command, exits } from '../command.ts';
import { dataFolder, dataOption } from '../data-folder.ts';

export const accountLink: Command = {
  words: 'account link',
  takes: '<name>',
  summary: 'A one-time sign-in link for an account, for whoever administers this machine',
  options: { ...dataOption, reset: { kind: 'flag', help: 'also take away password, one-time codes and passkeys when the link is used' } },
  places: [1, 1],
  run: async (input, terminal) => {
    const [{ openSite }, { openStores }, { createAccounts }, { openVault }, { silentLog }] = await Promise.all([
      import('../site/folder.ts'),
      import('../site/stores.ts'),
      import('../../platform/accounts/service.node.ts'),
      import('../../platform/accounts/vault-key.node.ts'),
      import('../../base/log.ts'),
    ]);
    const folder = await openSite(dataFolder(input));
    const { listen, publicUrl } = folder.configuration;
    const base = publicUrl ?? `${listen.tls ? 'https' : 'http'}://localhost:${listen.port}`;
    await using owner = new AsyncDisposableStack();
    const stores = await openStores({ folder: folder.path, databaseUrl: process.env['SHINRAI_DATABASE_URL'], clock: systemClock, log: silentLog });
    owner.defer(() => stores.database.close());
    const accounts = createAccounts({
      database: stores.database,
      vault: openVault({ folder: folder.at('keys'), create: true }),
      clock: systemClock,
      // The chain has one writer, the server: it records the link when it is used.
      audit: async () => {},
      settings: { siteName: 'Shinrai', origins: [base], passkeyHost: new URL(base).hostname, hasTls: listen.tls },
    });
    const link = await accounts.createLinkFor(input.places[0] ?? '', { isReset: input.flag('reset') });
    if (input.flag('json')) terminal.out(JSON.stringify({ url: `${base}${link.path}`, expiresAtMs: link.expiresAtMs }));
    else terminal.out(`${base}${link.path}`);
    return exits.yes;
  },
};
