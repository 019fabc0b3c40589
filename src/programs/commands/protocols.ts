// SPDX-License-Identifier: Apache-2.0
import { protocols } from '../../protocols/index.ts';
import { type Command, exits } from '../command.ts';

export const listProtocols: Command = {
  words: 'protocols',
  takes: '',
  summary: 'What is decoded, over which ports, from which specification',
  options: {},
  places: [0, 0],
  run: async (input, terminal) => {
    for (const protocol of protocols) {
      const carriers = protocol.carriers.map((carrier) =>
        carrier.kind === 'frame'
          ? `ethernet ${carrier.etherTypes.map((type) => `0x${type.toString(16)}`).join(' ')}`
          : `${carrier.kind === 'stream' ? 'tcp' : 'udp'} ${carrier.ports.join(' ')}`,
      );
      if (input.flag('json'))
        terminal.out(
          JSON.stringify({ name: protocol.name, title: protocol.title, specification: protocol.specification, carriers, operations: protocol.operations }),
        );
      else terminal.out(`${protocol.name.padEnd(10)}${protocol.title.padEnd(36)}${carriers.join(', ').padEnd(40)}${protocol.specification}`);
    }
    return exits.yes;
  },
};
