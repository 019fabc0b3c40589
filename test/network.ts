// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from 'node:child_process';

/** Reason to skip a test that needs network namespaces, or false. */
export function needsNamespaces(...programs: readonly string[]): string | false {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux for network namespaces';
  for (const program of ['ip', ...programs]) {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`]);
    } catch {
      return `needs ${program}`;
    }
  }
  return false;
}

/** A bridge in a namespace of its own with hosts behind it, each in its own namespace with the address 10.99.0.<n>/24. */
export interface TestNetwork {
  readonly bridgeNamespace: string;
  readonly hosts: readonly string[];
  /** Interface on the bridge's side of the first host. */
  readonly firstPort: string;
  close(): void;
}

/** Makes the network; the caller closes it. Names carry the process id, so that tests beside each other do not meet. */
export function createTestNetwork(hostCount: number): TestNetwork {
  const tag = `shn${process.pid}`;
  const ip = (...args: readonly string[]): void => {
    execFileSync('ip', args, { stdio: 'pipe' });
  };
  const bridgeNamespace = `${tag}b`;
  const hosts = Array.from({ length: hostCount }, (_, index) => `${tag}h${index + 1}`);
  const close = (): void => {
    for (const name of [...hosts, bridgeNamespace]) {
      try {
        ip('netns', 'del', name);
      } catch {
        // It was not made, because making an earlier one failed.
      }
    }
  };
  try {
    ip('netns', 'add', bridgeNamespace);
    ip('-n', bridgeNamespace, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', bridgeNamespace, 'link', 'set', 'br0', 'up');
    for (const [index, host] of hosts.entries()) {
      ip('netns', 'add', host);
      ip('-n', bridgeNamespace, 'link', 'add', `port${index + 1}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host);
      ip('-n', bridgeNamespace, 'link', 'set', `port${index + 1}`, 'master', 'br0', 'up');
      ip('-n', host, 'addr', 'add', `10.99.0.${index + 1}/24`, 'dev', 'eth0');
      ip('-n', host, 'link', 'set', 'eth0', 'up');
      ip('-n', host, 'link', 'set', 'lo', 'up');
    }
  } catch (cause) {
    close();
    throw cause;
  }
  return { bridgeNamespace, hosts, firstPort: 'port1', close };
}

/** Runs JavaScript in a host; answers its standard output when it ends. */
export function runInHost(host: string, script: string, timeoutMs = 20_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('ip', ['netns', 'exec', host, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'], timeout: timeoutMs });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}

/** Starts JavaScript in a host and waits until it prints a line; `stop` ends it by its process id. */
export async function startInHost(host: string, script: string): Promise<{ stop(): void }> {
  const child = spawn('ip', ['netns', 'exec', host, process.execPath, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('close', () => reject(new Error('the program in the host ended before it was ready')));
  });
  return { stop: () => child.kill('SIGKILL') };
}
