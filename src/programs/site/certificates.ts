// SPDX-License-Identifier: Apache-2.0
import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';
import { systemClock } from '../../base/clock.ts';

export interface Certificates {
  /** PEM of the site's own authority: people import it once into their browsers. */
  readonly authority: string;
  /** PEM of the server certificate, followed by the authority. */
  readonly certificate: string;
  /** PEM (PKCS#8) of the server's key. */
  readonly key: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 86_400_000;
/** Browsers refuse server certificates of a longer life. Source: CA/Browser Forum Baseline Requirements, section 6.3.2. */
const serverDays = 397;
const authorityDays = 3_650;

/** Makes an authority of the site's own and a server certificate for these names (DNS names or IP addresses). The authority's key is not kept. */
export async function createCertificates(names: readonly string[]): Promise<Certificates> {
  const nowMs = systemClock.nowMs();
  const notBefore = new Date(nowMs - dayMs);
  const authorityKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const serverKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Shinrai site authority',
    notBefore,
    notAfter: new Date(nowMs + authorityDays * dayMs),
    signingAlgorithm: algorithm,
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const alternatives = [...new Set(names)]
    .filter((name) => name !== '0.0.0.0' && name !== '::')
    .map((name) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name }));
  const server = await x509.X509CertificateGenerator.create({
    subject: 'CN=Shinrai console',
    issuer: authority.subject,
    notBefore,
    notAfter: new Date(nowMs + serverDays * dayMs),
    signingAlgorithm: algorithm,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(alternatives),
      await x509.AuthorityKeyIdentifierExtension.create(authority),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', serverKeys.privateKey);
  return {
    authority: `${authority.toString('pem')}\n`,
    certificate: `${server.toString('pem')}\n${authority.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`,
  };
}
