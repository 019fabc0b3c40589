// SPDX-License-Identifier: Apache-2.0
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../../base/errors.ts';
import { pcapHeader, pcapRecord } from '../../model/pcap-record.ts';
import { attackNames } from '../../plant/attack.ts';
import { type RecordedPacket, recordPlant } from '../../plant/record.ts';
import { type Command, exits } from '../command.ts';
import { fileFailure } from '../files.ts';

export const plantRecord: Command = {
  words: 'plant record',
  takes: '--out x.pcap',
  summary: 'Record the simulated water plant as a capture, with or without an attack (simulated)',
  options: {
    seed: { kind: 'number', value: 'N', range: [0, 4_294_967_295], isWhole: true, help: 'equal seeds give equal bytes; 1' },
    minutes: { kind: 'number', value: 'N', range: [0.1, 1_440], help: 'simulated minutes; 10' },
    attack: { kind: 'text', value: attackNames.join('|'), choices: attackNames, help: 'begins after 60 % of the time' },
    out: { kind: 'text', value: 'FILE', help: 'where the capture is written' },
  },
  places: [0, 0],
  run: async (input, terminal) => {
    const out = input.text('out');
    const attack = attackNames.find((name) => name === input.text('attack'));
    if (out === undefined)
      throw new UsageError('Cannot record the plant: --out is missing', 'shinrai plant record --seed 7 --minutes 10 --attack setpoint --out x.pcap');
    const recording = recordPlant({ seed: input.number('seed') ?? 1, minutes: input.number('minutes') ?? 10, ...(attack === undefined ? {} : { attack }) });
    const { packets } = await writePackets(out, recording.packets);
    const truth = recording.truth();
    if (input.flag('json')) terminal.out(JSON.stringify({ out, packets, truth }));
    else terminal.say(`Wrote ${out}: ${packets} packets of the simulated plant${attack === undefined ? '' : `, attack "${attack}" in it`}`);
    return exits.yes;
  },
};

/** Writes a capture file as the packets are made. */
async function writePackets(out: string, recorded: Iterable<RecordedPacket>): Promise<{ readonly packets: number }> {
  let packets = 0;
  const pieces = function* (): Generator<Uint8Array> {
    yield pcapHeader();
    for (const packet of recorded) {
      packets += 1;
      yield pcapRecord(packet.bytes, packet.atMs);
    }
  };
  await pipeline(Readable.from(pieces()), createWriteStream(out)).catch(fileFailure('write', out));
  return { packets };
}
