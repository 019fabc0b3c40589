// SPDX-License-Identifier: Apache-2.0
// The demonstration site as a process: from the attack over consent to proof, and what a crash leaves.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../src/base/random.ts';
import { shinrai, temporaryFolder } from '../command-line.ts';
import { makeFinding } from '../records.ts';
import { type Client, openToken, type RunningProcess, signInByLink, startDemonstration, waitFor } from '../running-site.ts';

const seed = Number(process.env['SHINRAI_TEST_SEED'] ?? 1);
const folder = temporaryFolder('site');
const stranger = '10.20.0.101';

suite('the demonstration, from the attack to the proof', () => {
  let site: RunningProcess;
  let administrator: Client;
  let incident = '';
  let response = '';
  let learnt: { startedMs: number; packets: number };
  after(() => site?.kill());

  test('learns, then sees a stranger write, and proposes what to do with its cost', async () => {
    site = await startDemonstration(folder);
    administrator = await openToken(await signInByLink(site), site.url, 'administrator');
    await assert.rejects(signInByLink(site), /answered 401: .*"code":"link-refused".*"requestId":/, 'the link works once');
    learnt = await waitFor('the end of learning', 60_000, async () => {
      const { norm, latestFindings } = await administrator.send('GET', '/api/overview');
      if (norm.phase === 'learning') assert.deepEqual(latestFindings, [], 'nothing is alarmed while learning');
      return norm.phase === 'watching' ? norm : undefined;
    });
    const overview = await waitFor('an incident that asks for a decision', 120_000, async () => {
      const seen = await administrator.send('GET', '/api/overview');
      return seen.openIncidents[0]?.stage >= 3 && seen.decisions.length > 0 ? seen : undefined;
    });
    assert.equal(overview.level, 'alarm');
    const [worst] = overview.openIncidents;
    assert.deepEqual([worst.origin, worst.causes[0].nature], [stranger, 'attack']);
    incident = worst.id;
    const [recommended] = overview.decisions;
    response = recommended.id;
    assert.ok(recommended.rank === 1 && recommended.action.rules.length > 0 && recommended.interlocks.length === 0, JSON.stringify(recommended));
    assert.ok(recommended.cost.packets > 0 && recommended.cost.packetsCut > 0, 'its cost was measured over packets');
    assert.equal(recommended.cost.normalPacketsCut, 0, 'it cuts nothing that the norm holds');
    const { findings } = await administrator.send('GET', `/api/incidents/${incident}`);
    const write = findings.find((finding: { operation: string }) => finding.operation === 'write');
    const packets = await administrator.send('GET', `/api/findings/${write.id}/packets?limit=5`);
    assert.deepEqual([packets.missing, packets.items.length > 0], [0, true]);
    assert.match(JSON.stringify(packets.items[0].layers), /write-single-register/);
  });

  test('after consent the write is stopped while the plant runs on', async () => {
    await waitFor('the foreign set point in the plant', 30_000, async () => {
      const { values } = await administrator.send('GET', '/api/plant');
      return values.chlorineSetPointMgPerL >= 4.9 ? true : undefined;
    });
    const running = await administrator.send('POST', `/api/responses/${response}/consent`, { note: 'nobody here knows this laptop' });
    assert.equal(running.state, 'running', running.failure);
    const stopped = async (): Promise<number> => (await administrator.send('GET', `/api/responses/${response}`)).packetsStopped;
    const first = await waitFor('the first stopped packet', 30_000, async () => (await stopped()) || undefined);
    const polled = await countPolls(administrator);
    await waitFor('more stopped packets', 60_000, async () => ((await stopped()) > first ? true : undefined));
    await waitFor('the set point that the operator wants', 60_000, async () => {
      const { values } = await administrator.send('GET', '/api/plant');
      return values.chlorineSetPointMgPerL < 1 ? true : undefined;
    });
    await wait(5_000); // the stranger tries every two seconds
    const { values } = await administrator.send('GET', '/api/plant');
    assert.ok(values.chlorineSetPointMgPerL < 1, 'it stays where the operator set it');
    await waitFor('the terminal to poll on', 30_000, async () => ((await countPolls(administrator)) > polled ? true : undefined));
    assert.equal((await administrator.send('GET', '/api/overview')).level, 'attention');
  });

  test('decision and action are evidence that anyone checks offline, and whose way leads back to packets', async () => {
    const { items } = await administrator.send('GET', `/api/evidence?search=${response}`);
    const about = new Set(items.map((entry: { about: string }) => entry.about));
    for (const each of ['decision', 'action']) assert.ok(about.has(each), each);
    const { vkey } = await administrator.send('GET', '/api/chain');
    await administrator.send('GET', `/api/evidence/${response}/proof`); // a checkpoint covers it now
    const proof = join(folder, 'response.proof.json');
    const proved = await shinrai(['chain', 'prove', response, '--data', folder, '--out', proof]);
    assert.equal(proved.code, 0, proved.said);
    const checked = await shinrai(['chain', 'check', proof, '--vkey', vkey, '--json']);
    assert.deepEqual([checked.code, checked.lines[0].subject, checked.lines[0].trust], [0, response, 'given']);
    const text = readFileSync(proof, 'utf8');
    const forged = JSON.parse(text);
    writeFileSync(join(folder, 'forged.proof.json'), JSON.stringify({ ...forged, index: forged.index === 0 ? 1 : forged.index - 1 }));
    assert.equal((await shinrai(['chain', 'check', join(folder, 'forged.proof.json'), '--vkey', vkey])).code, 1);
    const traced = await shinrai(['trace', response, '--data', folder, '--json']);
    assert.equal(traced.code, 0, traced.said);
    const kinds = new Set(traced.lines.map((node) => node.about));
    for (const kind of ['incident', 'finding', 'packets']) assert.ok(kinds.has(kind), `${kind} in ${[...kinds].join(' ')}`);
  });

  test('after undo nothing is stopped any more, and the result is evidence', async () => {
    const undone = await administrator.send('POST', `/api/responses/${response}/undo`, { note: 'the laptop is gone' });
    assert.equal(undone.state, 'undone');
    assert.equal(await administrator.status('POST', `/api/responses/${response}/undo`, {}), 409);
    const { items } = await administrator.send('GET', `/api/evidence?search=${response}&about=result`);
    assert.equal(items.length, 1);
  });

  test('a second start on the same folder is refused, and the first goes on', async () => {
    const second = await shinrai(['start', '--demo', '--port', '0', '--json', '--data', folder], { timeoutMs: 30_000 });
    assert.equal(second.code, 3, second.said);
    assert.match(second.said, /^shinrai: error: .*(held|use).* by another process.*\n(shinrai: hint: .+\n)?$/);
    assert.equal(await administrator.status('GET', '/api/overview'), 200);
  });

  test('Ctrl-C ends it, and the next start has everything', async () => {
    const before = await administrator.send('GET', '/api/evidence?limit=1');
    const ended = await Promise.race([site.stop(), wait(20_000, undefined, { ref: false })]);
    assert.equal(ended?.code, 0, site.said());
    assert.equal((await shinrai(['chain', 'verify', folder])).code, 0);
    site = await startDemonstration(folder);
    administrator = administrator.at(site.url);
    const { norm, openIncidents } = await administrator.send('GET', '/api/overview');
    assert.deepEqual([norm.phase, norm.startedMs, norm.packets], ['watching', learnt.startedMs, learnt.packets], 'the norm is not learnt again');
    assert.ok(openIncidents.some((each: { id: string }) => each.id === incident));
    assert.equal((await administrator.send('GET', `/api/responses/${response}`)).state, 'undone');
    const now = await administrator.send('GET', '/api/evidence?limit=500');
    assert.ok(now.total >= before.total);
    assert.ok(now.items.some((entry: { id: string }) => entry.id === before.items[0].id));
  });

  test(`kill -9 at random moments loses nothing that was answered (seed ${seed})`, async () => {
    const random = createRandom(seed);
    let sent = 0;
    for (let round = 0; round < 3; round += 1) {
      const acknowledged: string[] = [];
      const siteName = `site of round ${round}`;
      const settings = await administrator.send('GET', '/api/settings');
      assert.equal((await administrator.send('PUT', '/api/settings', { ...settings, siteName })).siteName, siteName);
      let isDead = false;
      const feed = async (): Promise<void> => {
        while (!isDead) {
          const findings = Array.from({ length: 5 }, (_, index) =>
            makeFinding({ id: `fnd-kill-${round}-${sent + index}`, addresses: [`10.0.${round}.${(sent + index) % 250}`, '10.0.0.10'] }),
          );
          sent += findings.length;
          const isAnswered = await administrator.send('POST', '/api/findings', { findings }).then(
            () => true,
            () => false,
          );
          if (isAnswered) acknowledged.push(...findings.map((finding) => finding.id));
        }
      };
      const feeding = [feed(), feed()];
      await wait(100 + random.next() * 1_400);
      await site.kill();
      isDead = true;
      await Promise.all(feeding);
      const audit = await shinrai(['chain', 'verify', folder, '--json']);
      assert.equal(audit.code, 0, audit.out);
      site = await startDemonstration(folder);
      administrator = administrator.at(site.url);
      assert.ok(acknowledged.length > 0, 'something was answered before the end');
      assert.equal((await administrator.send('GET', '/api/settings')).siteName, siteName);
      // An answer means: it lies in the stream of findings. Incident and evidence follow from there, also after a crash.
      const isThere = async (id: string): Promise<boolean> => {
        const found = await administrator.send('GET', `/api/findings/${id}`).catch(() => undefined);
        return found !== undefined && found.incident !== null && found.evidence.length > 0;
      };
      let missing: readonly string[] = acknowledged;
      await waitFor(
        `the ${missing.length} findings that were answered, as parts of incidents and as evidence`,
        30_000,
        async () => {
          const chunk = missing.slice(0, 25);
          const there = await Promise.all(chunk.map(isThere));
          missing = [...chunk.filter((_, index) => there[index] === false), ...missing.slice(25)];
          return missing.length === 0 ? true : undefined;
        },
        20,
      );
    }
    assert.equal((await shinrai(['chain', 'verify', folder])).code, 0);
  });
});

/** Packets of Modbus that the operator terminal has sent and received so far. */
async function countPolls(client: Client): Promise<number> {
  const { items } = await client.send('GET', '/api/assets?search=10.20.0.20');
  const [hmi] = items;
  return hmi.asset.roles.find((role: { service: string; side: string }) => role.service === 'modbus' && role.side === 'client').packets;
}
