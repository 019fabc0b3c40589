// SPDX-License-Identifier: Apache-2.0
import { ShinraiError, UsageError } from '../../base/errors.ts';
import { learnToTheEnd } from '../../watch/norm/learner.ts';
import type { Watcher } from '../../watch/norm/watcher.ts';
import { type Command, exits } from '../command.ts';
import { writeTextFile } from '../files.ts';
import { createJudging, judgePackets } from '../judging.ts';
import { openPackets } from '../offline.ts';

export const learn: Command = {
  words: 'learn',
  takes: '<capture …> --out norm.json',
  summary: 'Learn what is normal from captures',
  options: { out: { kind: 'text', value: 'FILE', help: 'where the norm is written' } },
  places: [1, Number.POSITIVE_INFINITY],
  run: async (input, terminal) => {
    const out = input.text('out');
    if (out === undefined) throw new UsageError('Cannot learn: --out is missing', 'shinrai learn capture.pcap --out norm.json');
    let norm: string | undefined;
    let state: ReturnType<Watcher['state']> | undefined;
    for (const place of input.places) {
      const packets = await openPackets(place);
      const judging = createJudging(place, learnToTheEnd);
      if (norm !== undefined) {
        const read = judging.watcher.load(norm);
        if (!read.ok) throw new ShinraiError('norm', `Cannot go on learning: ${read.reason}`);
        judging.watcher.resumeLearning();
      }
      await judgePackets(packets, terminal, judging, () => {});
      judging.watcher.endLearning();
      norm = judging.watcher.save();
      state = judging.watcher.state();
    }
    await writeTextFile(out, norm ?? '');
    if (input.flag('json')) terminal.out(JSON.stringify({ out, ...state }));
    else
      terminal.say(
        `Wrote ${out}: ${state?.entries} entries from ${state?.packets} packets, ${state?.onProbation} on probation; novelty ${state?.noveltyRate.toExponential(1)} per packet`,
      );
    return exits.yes;
  },
};
