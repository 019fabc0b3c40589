// SPDX-License-Identifier: Apache-2.0
import { isHardwareAddress } from '../../model/address.ts';
import type { Finding } from '../../model/finding.ts';
import { actsOnProcess, atomsOf } from './atoms.ts';

/** Findings of a whole site at once: nobody in them is the actor, senders may be invented. */
export function isFlood(finding: Finding): boolean {
  return atomsOf(finding).includes('flood');
}

/** Who acts: the first address; for a binding the addresses on both sides of it, which are one device. A device without an address yet has none. */
export function actorsOf(finding: Finding): readonly string[] {
  if (isFlood(finding)) return [];
  const named = finding.detector === 'binding' ? finding.addresses : finding.addresses.slice(0, 1);
  return named.filter((address) => address !== '0.0.0.0' && address !== '::');
}

/** What decides where a finding belongs: read once of each finding. */
export interface Traits {
  readonly actors: readonly string[];
  readonly target: string | undefined;
  readonly isActing: boolean;
  /** A device that the norm does not know. */
  readonly isNew: boolean;
  readonly isFlood: boolean;
  /** Speaks without an address of its own (asks for a lease). */
  readonly isSilent: boolean;
}

/** Reads them: actors, the first target, and what the finding stands for. */
export function readTraits(finding: Finding): Traits {
  const found = atomsOf(finding);
  const actors = actorsOf(finding);
  return {
    actors,
    target: finding.addresses[1],
    isActing: actsOnProcess(finding),
    isNew: found.includes('new-device'),
    isFlood: found.includes('flood'),
    isSilent: actors.length === 0 && !found.includes('flood'),
  };
}

/** Group addresses stand for nobody: 255.255.255.255, multicast, and hardware addresses with the group bit. */
export function isGroup(address: string): boolean {
  if (isHardwareAddress(address)) return (Number.parseInt(address, 16) & 1) === 1;
  return address.includes(':') ? address.startsWith('ff') : Number.parseInt(address, 10) >= 224;
}

/**
 * Where an incident seems to come from: the actor of what acts upon the process, else who took an address, who searches, who came first;
 * null while nobody can say. Who speaks under an address that was taken is the taker: its own new address, else its hardware address.
 */
export function originOf(findings: readonly Finding[]): string | null {
  const speaking = findings.filter((finding) => actorsOf(finding).length > 0);
  const gravest =
    speaking.find(actsOnProcess) ??
    speaking.find((finding) => atomsOf(finding).includes('binding-change')) ??
    speaking.find((finding) => atomsOf(finding).includes('sweep')) ??
    speaking[0];
  const actor = gravest === undefined ? undefined : actorsOf(gravest)[0];
  return actor === undefined ? null : takerOf(actor, speaking);
}

function takerOf(address: string, findings: readonly Finding[]): string {
  const taken = findings.find((finding) => finding.addresses[0] === address && atomsOf(finding).includes('binding-change'));
  const mac = taken?.addresses[1];
  if (mac === undefined) return address;
  const own = findings.find((finding) => finding.addresses[1] === mac && finding.words.key === 'finding.new-device');
  return own?.addresses[0] ?? mac;
}
