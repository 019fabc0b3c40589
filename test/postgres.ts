// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = '/usr/lib/postgresql';

/** A PostgreSQL server of its own for one test file: a new cluster in a temporary folder, on loopback only. */
export interface PostgresServer {
  /** Address of an empty database. */
  readonly url: string;
  /** Another empty database on the same server. */
  createDatabase(name: string): Promise<string>;
  /** As `kill -9`: the process is gone, the folder stays. `start` goes on with it. */
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Reason to skip a test, or false: `test('…', { skip: needsPostgres() }, …)`. */
export function needsPostgres(): string | false {
  if (programs() === undefined) return `needs PostgreSQL (Debian package postgresql) in ${folder}`;
  return false;
}

function programs(): string | undefined {
  if (!existsSync(folder)) return undefined;
  const versions = readdirSync(folder).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(folder, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/**
 * Runs the server until it ends, or until our end of the pipe closes: then this process was killed, and a server that nobody stops would
 * stay for ever. `trap` lets the clean-up finish although the server's end stops the one who waits for us.
 */
const guarded =
  'exec 3<&0; place=$1; shift; "$@" & pid=$!; ' +
  '( read _ <&3; trap "" TERM; kill -QUIT $pid; sleep 1; rm -rf "$place" ) & reader=$!; wait $pid; kill $reader';

/** Starts a server. The caller stops it. It refuses to run as root, so that root starts it as the user `postgres` of the package. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = programs();
  if (bin === undefined) throw new Error('Cannot start PostgreSQL: it is not installed; ask needsPostgres() first');
  const user = process.getuid?.() === 0 ? await userNamed('postgres') : undefined;
  const place = mkdtempSync(join(tmpdir(), 'shinrai-postgres-'));
  if (user !== undefined) chownSync(place, user.uid, user.gid);
  const as = { ...user, cwd: place, env: { PATH: process.env['PATH'], LC_ALL: 'C' } };
  const cluster = join(place, 'cluster');
  await run(join(bin, 'initdb'), ['-D', cluster, '-U', 'shinrai', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-instructions'], as);
  const port = await freePort();
  const urlOf = (name: string): string => `postgresql://shinrai@127.0.0.1:${port}/${name}`;
  const serve = [join(bin, 'postgres'), '-D', cluster, '-p', String(port), '-h', '127.0.0.1', '-k', place];
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    for (let attempt = 0; attempt < 400; attempt += 1) {
      // After a crash the first attempts may fail, as parts of the server before are still ending.
      if (server === undefined || server.exitCode !== null) {
        server = spawn('sh', ['-c', guarded, 'sh', place, ...serve], { ...as, stdio: ['pipe', 'ignore', 'ignore'] });
      }
      if (await answers(bin, port)) return;
      await sleep(100);
    }
    throw new Error('Cannot start PostgreSQL: it did not answer within forty seconds');
  };
  const end = async (signal: 'SIGKILL' | 'SIGINT'): Promise<void> => {
    const guard = server;
    if (guard === undefined || guard.exitCode !== null) return;
    const gone = new Promise((resolve) => guard.once('exit', resolve));
    process.kill(Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]), signal);
    await gone;
    server = undefined;
  };
  await start();
  const createDatabase = async (name: string): Promise<string> => {
    await run(join(bin, 'createdb'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'shinrai', name], as);
    return urlOf(name);
  };
  return {
    url: await createDatabase('shinrai'),
    createDatabase,
    crash: () => end('SIGKILL'),
    start,
    stop: async () => {
      await end('SIGINT');
      rmSync(place, { recursive: true, force: true });
    },
  };
}

async function answers(bin: string, port: number): Promise<boolean> {
  return run(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]).then(
    () => true,
    () => false,
  );
}

async function userNamed(name: string): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('Cannot find a free port'))));
    });
  });
}
