// SPDX-License-Identifier: Apache-2.0
import { protocols } from '../../protocols/index.ts';
import { listAssets } from '../../watch/traffic/assets.ts';
import { formatMessage } from '../../watch/traffic/format-message.ts';
import { createTraffic, type Traffic, type TrafficOptions } from '../../watch/traffic/traffic.ts';
import { openVendors } from '../../watch/traffic/vendors.node.ts';
import { type Command, exits } from '../command.ts';
import { openPackets, readPackets } from '../offline.ts';
import type { Terminal } from '../terminal.ts';

/** Runs a capture through the traffic stations; `each` is called after every batch. */
async function gather(
  place: string,
  terminal: Terminal,
  options: Omit<TrafficOptions, 'protocols'>,
  each: (traffic: Traffic) => void = () => {},
): Promise<Traffic> {
  const traffic = createTraffic({ protocols, ...options });
  const packets = await openPackets(place);
  await readPackets(packets, terminal, (batch) => {
    traffic.observe(batch);
    each(traffic);
    if (packets.isLive) terminal.flush();
  });
  traffic.finish();
  each(traffic);
  return traffic;
}

export const flows: Command = {
  words: 'flows',
  takes: '<capture>',
  summary: 'Conversations of a capture (pcap, pcapng, gzip) or an interface',
  options: { 'split-idle': { kind: 'number', value: 'SECONDS', range: [0.001, 31_536_000], help: 'a flow that was silent for longer goes on as a new one' } },
  places: [1, 1],
  run: async (input, terminal) => {
    const splitIdle = input.number('split-idle');
    const { flows: table } = await gather(input.places[0] ?? '', terminal, splitIdle === undefined ? {} : { splitIdleMs: splitIdle * 1_000 });
    for (let index = 0; index < table.count; index += 1) {
      const flow = table.read(index);
      if (input.flag('json')) terminal.out(JSON.stringify(flow));
      else
        terminal.out(
          `${`${flow.clientAddress}${flow.clientPort === null ? '' : `:${flow.clientPort}`}`.padEnd(28)} > ${`${flow.serverAddress}${flow.serverPort === null ? '' : `:${flow.serverPort}`}`.padEnd(28)} ${flow.transport.padEnd(9)}${flow.protocol.padEnd(10)}${String(flow.packets).padStart(9)} packets ${String(flow.bytes).padStart(12)} bytes`,
        );
    }
    return exits.yes;
  },
};

export const messages: Command = {
  words: 'messages',
  takes: '<capture>',
  summary: 'Decoded messages of a capture or an interface',
  options: { unknown: { kind: 'flag', help: 'tell payloads that no protocol recognises, too' } },
  places: [1, 1],
  run: async (input, terminal) => {
    await gather(input.places[0] ?? '', terminal, { unknownMessages: input.flag('unknown') }, (traffic) => {
      for (let index = 0; index < traffic.messages.count; index += 1) {
        const row = traffic.messages.rows[index];
        if (row === undefined) continue;
        const message = formatMessage(row, traffic.messages, traffic.flows);
        if (input.flag('json')) terminal.out(JSON.stringify(message));
        else
          terminal.out(
            `${String(message.packet).padStart(8)} ${new Date(message.atMs).toISOString()} ${message.clientAddress} ${message.fromClient ? '>' : '<'} ${message.serverAddress} ${message.protocol} ${message.unit ?? ''} ${message.function} ${message.object ?? ''} ${message.values.slice(0, 8).join(' ')}${message.values.length > 8 ? ' …' : ''} ${message.status}`,
          );
      }
    });
    return exits.yes;
  },
};

export const assets: Command = {
  words: 'assets',
  takes: '<capture>',
  summary: 'Devices of a capture: addresses, maker, roles',
  options: {},
  places: [1, 1],
  run: async (input, terminal) => {
    const vendorOf = await openVendors();
    const traffic = await gather(input.places[0] ?? '', terminal, {});
    for (const asset of listAssets(traffic, vendorOf)) {
      if (input.flag('json')) terminal.out(JSON.stringify(asset));
      else
        terminal.out(
          `${(asset.addresses[0] ?? asset.macs[0] ?? '').padEnd(18)}${(asset.macs[0] ?? '').padEnd(19)}${(asset.vendor ?? '').slice(0, 28).padEnd(30)}${asset.roles
            .map((role) => `${role.side} ${role.service}`)
            .slice(0, 4)
            .join(', ')}`,
        );
    }
    return exits.yes;
  },
};
