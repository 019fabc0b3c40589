// SPDX-License-Identifier: Apache-2.0
import { toHex } from '../base/bytes.ts';
import { type Fixture, playFixture } from './fixture.ts';
import type { Protocol } from './protocol.ts';

/** The fixtures that the generator `<name>/fixtures.ts` makes; rejects when the protocol has none. */
export async function loadFixtures(name: string): Promise<readonly Fixture[]> {
  const module: { readonly fixtures: readonly Fixture[] } = await import(`./${name}/fixtures.ts`);
  return module.fixtures;
}

/**
 * The golden file of a fixture, one JSON object a line, for people to read: what it is, then each piece followed by the
 * messages that it completed.
 */
export function toGoldenText(protocol: Protocol, fixture: Fixture): string {
  const messages = playFixture(protocol, fixture);
  const lines: string[] = [JSON.stringify({ fixture: fixture.name, protocol: protocol.name, carrier: fixture.carrier })];
  fixture.pieces.forEach((piece, index) => {
    lines.push(JSON.stringify({ from: piece.from, lostBytes: piece.lostBytes, bytes: toHex(piece.bytes) }));
    for (const message of messages) if (message.packet === index + 1) lines.push(`  ${JSON.stringify(message)}`);
  });
  return `${lines.join('\n')}\n`;
}
