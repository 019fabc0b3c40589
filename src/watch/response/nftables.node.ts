// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { isIP } from 'node:net';
import { ShinraiError } from '../../base/errors.ts';
import { isHardwareAddress } from '../../model/address.ts';
import type { TrafficRule } from '../../model/response.ts';
import type { Enforcer } from './enforcer.ts';

export interface NftablesOptions {
  /** Codes on the wire of a protocol's functions, and where the code stands after the TCP header (Modbus: byte 7). */
  readonly functionCodeOf: (protocol: string, name: string) => number | undefined;
  readonly functionOffsetBytes: (protocol: string) => number | undefined;
  /** Named network namespace in which the bridge lies; the machine's own where missing. */
  readonly namespace?: string;
  readonly table?: string;
}

const commandMs = 10_000;

/**
 * Takes traffic off a Linux bridge with nftables (bridge family, hook forward). Each response has a chain of its own with a
 * set of elements that the kernel forgets after the time limit: the rules end by themselves even when this program is gone.
 * Rules with functions look at the function code behind the TCP header (`@ih`), which sees the first message of a segment.
 * Source: nft(8), sections "Sets", "Raw payload expression".
 */
export function createNftablesEnforcer(options: NftablesOptions): Enforcer {
  const table = options.table ?? 'shinrai';
  const run = (script: string): Promise<string> => runNft(options.namespace, ['-f', '-'], script);
  const list = async (): Promise<readonly NftObject[]> => {
    // Asked for all tables: asking for one that is not there yet is an error like any other.
    const objects = readObjects(await runNft(options.namespace, ['-j', 'list', 'ruleset', 'bridge'], ''));
    return objects.filter(({ chain, set, rule }) => [chain, set, rule].some((part) => part?.table === table));
  };
  return {
    name: `nftables (bridge ${table}${options.namespace === undefined ? '' : ` in ${options.namespace}`})`,
    endsByItself: true,
    apply: async (id, rules, limitMs) => {
      await run(compile(table, chainOf(id), rules, limitMs, options));
    },
    remove: async (id) => {
      const chain = chainOf(id);
      const objects = await list();
      if (!objects.some((object) => object.chain?.name === chain)) return;
      const jumps = objects.filter((object) => object.rule?.chain === 'forward' && JSON.stringify(object.rule.expr ?? []).includes(`"${chain}"`));
      const lines = jumps.map((object) => `delete rule bridge ${table} forward handle ${object.rule?.handle}`);
      await run([...lines, `delete chain bridge ${table} ${chain}`, `delete set bridge ${table} ${chain}_alive`].join('\n'));
    },
    packetsStopped: async (id) => {
      const rules = (await list()).filter((object) => object.rule?.chain === chainOf(id));
      return rules.length === 0 ? undefined : rules.reduce((sum, object) => sum + countOf(object), 0);
    },
    inForce: async () => {
      const objects = await list();
      const alive = objects
        .filter((object) => object.set !== undefined && (object.set.elem?.length ?? 0) > 0)
        .map((object) => String(object.set?.name).replace(/_alive$/, ''));
      return alive.map(idOfChain);
    },
  };
}

interface NftObject {
  readonly chain?: { readonly table: string; readonly name: string };
  readonly set?: { readonly table: string; readonly name: string; readonly elem?: readonly unknown[] };
  readonly rule?: {
    readonly table: string;
    readonly chain: string;
    readonly handle: number;
    readonly expr?: readonly { readonly counter?: { readonly packets: number } }[];
  };
}

function readObjects(text: string): readonly NftObject[] {
  const parsed: { readonly nftables?: readonly NftObject[] } = JSON.parse(text);
  return parsed.nftables ?? [];
}

function countOf(object: NftObject): number {
  return (object.rule?.expr ?? []).reduce((sum, part) => sum + (part.counter?.packets ?? 0), 0);
}

/** Response ids are of our own making (`rsp-` and base 32), but what reaches a command is checked again. */
function chainOf(id: string): string {
  if (!/^rsp-[0-9a-z]{1,40}$/.test(id)) throw new ShinraiError('enforce', `Cannot name a chain for "${id}": a response id is required`);
  return id.replace('-', '_');
}

function idOfChain(chain: string): string {
  return chain.replace('_', '-');
}

function compile(table: string, chain: string, rules: readonly TrafficRule[], limitMs: number, options: NftablesOptions): string {
  const seconds = Math.max(1, Math.ceil(limitMs / 1000));
  const alive = `${chain}_alive`;
  return [
    `add table bridge ${table}`,
    `add chain bridge ${table} forward { type filter hook forward priority -200; policy accept; }`,
    `add chain bridge ${table} ${chain}`,
    // These are all the kinds of delivery that the kernel knows, so each frame is one of them, whatever its protocol and VLAN.
    // It forgets them after the time limit: then no frame is, and every rule below is skipped.
    `add set bridge ${table} ${alive} { type pkt_type; flags timeout; }`,
    `add element bridge ${table} ${alive} { ${['host', 'broadcast', 'multicast', 'other'].map((kind) => `${kind} timeout ${seconds}s`).join(', ')} }`,
    ...rules.flatMap((rule) => matchesOf(rule, options).map((match) => `add rule bridge ${table} ${chain} meta pkttype @${alive} ${match} counter drop`)),
    `add rule bridge ${table} forward jump ${chain}`,
  ].join('\n');
}

/** The nft conditions of one rule; several where a rule means both directions. Raises `enforce` for what cannot be said exactly. */
function matchesOf(rule: TrafficRule, options: NftablesOptions): readonly string[] {
  if (rule.mac !== null) {
    if (!isHardwareAddress(rule.mac))
      throw new ShinraiError('enforce', `Cannot enforce a rule for hardware address "${rule.mac}": six bytes in hexadecimal are required`);
    return [`ether saddr ${rule.mac}`, `ether daddr ${rule.mac}`];
  }
  const port = rule.transport === null || rule.serverPort === null ? '' : `${rule.transport} dport ${rule.serverPort}`;
  const back = rule.transport === null || rule.serverPort === null ? '' : `${rule.transport} sport ${rule.serverPort}`;
  const [client, server] = [rule.clientAddress, rule.serverAddress];
  if (rule.functions !== null) return [[pairOf(client, server), port, functionsOf(rule, options)].filter(Boolean).join(' ')];
  return [[pairOf(client, server), port].filter(Boolean).join(' '), [pairOf(server, client), back].filter(Boolean).join(' ')];
}

function pairOf(from: string | null, to: string | null): string {
  const parts = [from === null ? '' : `${familyOf(from)} saddr ${from}`, to === null ? '' : `${familyOf(to)} daddr ${to}`].filter(Boolean);
  if (parts.length === 0) throw new ShinraiError('enforce', 'Cannot enforce a rule: it names no address, one is required');
  return parts.join(' ');
}

function familyOf(address: string): 'ip' | 'ip6' {
  const version = isIP(address);
  if (version === 0) throw new ShinraiError('enforce', `Cannot enforce a rule for "${address}": an IP address is required`);
  return version === 4 ? 'ip' : 'ip6';
}

function functionsOf(rule: TrafficRule, options: NftablesOptions): string {
  const protocol = rule.protocol ?? '';
  const offset = options.functionOffsetBytes(protocol);
  const codes = (rule.functions ?? []).map((name) => options.functionCodeOf(protocol, name));
  if (offset === undefined || codes.length === 0 || codes.includes(undefined)) {
    throw new ShinraiError('enforce', `Cannot enforce functions of "${protocol}": their codes have no fixed place in a segment`, {
      hint: 'Deny the flow instead',
    });
  }
  return `@ih,${offset * 8},8 { ${[...new Set(codes)].join(', ')} }`;
}

function runNft(namespace: string | undefined, args: readonly string[], input: string): Promise<string> {
  const [command, prefix] = namespace === undefined ? ['nft', []] : ['ip', ['netns', 'exec', namespace, 'nft']];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...prefix, ...args], { stdio: ['pipe', 'pipe', 'pipe'], timeout: commandMs });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(0, 2_000);
    });
    child.on('error', (cause) =>
      reject(
        new ShinraiError('enforce', `Cannot run nft: ${cause.message}`, {
          cause,
          hint: 'Install nftables; it needs the right to change the network (CAP_NET_ADMIN)',
        }),
      ),
    );
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new ShinraiError('enforce', `Cannot change nftables: it ended with ${code}: ${complaint.trim()}`)),
    );
    child.stdin.on('error', () => {}); // the close handler tells why the child went away
    child.stdin.end(input);
  });
}
