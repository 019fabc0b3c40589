// SPDX-License-Identifier: Apache-2.0
import { auditFolder, checkProofFile, proveEntry } from '../../share/evidence/verify.node.ts';
import { type Command, exits, type Option } from '../command.ts';
import { dataFolder, dataOption, evidenceFolder } from '../data-folder.ts';
import { readTextFile, writeTextFile } from '../files.ts';

const vkey: Option = { kind: 'text', value: 'KEY', help: "verifier key you know from elsewhere; without it the log's own is used and said so" };

export const chainVerify: Command = {
  words: 'chain verify',
  takes: '[folder]',
  summary: 'Audit a log folder offline: every file, entry, signature and hash',
  options: { vkey, ...dataOption },
  places: [0, 1],
  run: async (input, terminal) => {
    const folder = evidenceFolder(input.places[0] ?? dataFolder(input));
    const report = await auditFolder(folder, { vkey: input.text('vkey'), onProgress: (done, total) => terminal.progress('auditing', done / total) });
    if (input.flag('json')) terminal.out(JSON.stringify(report));
    else {
      terminal.out(
        `${report.ok ? '✓ sound' : '✗ NOT sound'}: ${report.origin ?? folder}, ${report.size} entries under the checkpoint${report.unsigned > 0 ? `, ${report.unsigned} not under one yet` : ''}, ${report.files} files read`,
      );
      terminal.out(
        `  signed by ${report.signedBy ?? 'nobody'} (${report.trust === 'given' ? 'the key you gave' : "the folder's own key: give --vkey to know whose it is"})`,
      );
      for (const problem of report.problems) terminal.out(`  ✗ ${problem.where}: ${problem.what}`);
      if (report.problemCount > report.problems.length) terminal.out(`  … and ${report.problemCount - report.problems.length} more`);
      for (const note of report.notes) terminal.out(`  · ${note}`);
    }
    return report.ok ? exits.yes : exits.no;
  },
};

export const chainProve: Command = {
  words: 'chain prove',
  takes: '<id>',
  summary: 'Write a self-contained proof file for an entry or a record',
  options: { out: { kind: 'text', value: 'FILE', help: 'where to write it; standard output where missing' }, ...dataOption },
  places: [1, 1],
  run: async (input, terminal) => {
    const proof = await proveEntry(evidenceFolder(dataFolder(input)), input.places[0] ?? '');
    const out = input.text('out');
    if (out === undefined) terminal.out(proof.trimEnd());
    else {
      await writeTextFile(out, proof, true);
      if (input.flag('json')) terminal.out(JSON.stringify({ out, bytes: proof.length }));
      else terminal.say(`Wrote ${out}. Check it anywhere: shinrai chain check ${out}`);
    }
    return exits.yes;
  },
};

export const chainCheck: Command = {
  words: 'chain check',
  takes: '<proof>',
  summary: 'Accept or refuse a proof file, offline',
  options: { vkey },
  places: [1, 1],
  run: async (input, terminal) => {
    const path = input.places[0] ?? '';
    const content = await readTextFile(path);
    const verdict = await checkProofFile(content, { vkey: input.text('vkey') });
    const { proven, ...rest } = verdict;
    const subject = proven?.statement.subject[0]?.name;
    if (input.flag('json'))
      terminal.out(JSON.stringify({ ...rest, subject: subject ?? null, statement: proven?.statement ?? null, size: proven?.checkpoint.size ?? null }));
    else {
      terminal.out(`${verdict.ok ? '✓ accepted' : '✗ REFUSED'}${subject === undefined ? '' : `: ${subject}`}`);
      for (const check of verdict.checks) terminal.out(`  ${check.ok ? '✓' : '✗'} ${check.name}: ${check.detail}`);
      terminal.out(
        `  signed by ${verdict.signedBy.join(', ') || 'nobody'} (${verdict.trust === 'given' ? 'the key you gave' : 'the key in the proof: give --vkey to know whose it is'})`,
      );
    }
    return verdict.ok ? exits.yes : exits.no;
  },
};
