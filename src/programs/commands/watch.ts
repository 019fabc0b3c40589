// SPDX-License-Identifier: Apache-2.0
import { ShinraiError } from '../../base/errors.ts';
import type { Finding } from '../../model/finding.ts';
import { createCorrelator } from '../../watch/incident/correlator.ts';
import type { Watcher } from '../../watch/norm/watcher.ts';
import { type Command, exits } from '../command.ts';
import { readTextFile } from '../files.ts';
import { createJudging, judgePackets } from '../judging.ts';
import { openPackets } from '../offline.ts';
import { createWatchReport, type Format, tellChanged } from '../watch-report.ts';

export const watch: Command = {
  words: 'watch',
  takes: '<capture|interface> [--norm norm.json]',
  summary: 'Judge a capture or an interface against a learnt norm: findings and incidents. An interface is told as it happens, until Ctrl-C',
  options: {
    norm: { kind: 'text', value: 'FILE', help: 'norm from "shinrai learn"; without it the beginning is learnt until little new comes' },
    language: { kind: 'text', value: 'en|ja', choices: ['en', 'ja'], help: 'language of the sentences; en' },
    'fail-on-finding': { kind: 'flag', help: 'exit 1 when something was found' },
  },
  places: [1, 1],
  run: async (input, terminal) => {
    const place = input.places[0] ?? '';
    const format: Format = { isJson: input.flag('json'), language: input.text('language') === 'ja' ? 'ja' : 'en' };
    const judging = createJudging(place);
    const norm = input.text('norm');
    if (norm !== undefined) await useNorm(judging.watcher, norm);
    const packets = await openPackets(place);
    if (packets.isLive) terminal.say(`Watching ${place}${norm === undefined ? ', learning first' : ''}. Ctrl-C stops.`);
    const report = createWatchReport(createCorrelator());
    // A file is told at its end, each finding once in its last form; an interface as it happens.
    const latest = new Map<string, Finding>();
    const isWhole = await judgePackets(packets, terminal, judging, (told) => {
      if (!packets.isLive) for (const finding of told) latest.set(finding.id, finding);
      else if (told.length > 0) {
        tellChanged(terminal, format, report.take(told));
        terminal.flush();
      }
    });
    if (!packets.isLive) tellChanged(terminal, format, report.take([...latest.values()]));
    if (judging.watcher.phase === 'learning') terminal.say('shinrai: warning: learning did not end in this capture, so nothing was judged; give --norm');
    if (!input.flag('fail-on-finding')) return exits.yes;
    if (report.findingCount() > 0) return exits.no;
    return isWhole && judging.watcher.phase === 'watching' ? exits.yes : exits.undecided;
  },
};

async function useNorm(watcher: Watcher, path: string): Promise<void> {
  const read = watcher.load(await readTextFile(path));
  if (!read.ok) throw new ShinraiError('norm', `Cannot use "${path}": ${read.reason} (at ${read.offset})`, { hint: 'shinrai learn makes one' });
}
