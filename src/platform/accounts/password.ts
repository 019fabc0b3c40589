// SPDX-License-Identifier: Apache-2.0
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Problem } from '../http/problem.ts';

/** Cost of one hash; written into each hash, so that it can be raised later. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}
/** Source: RFC 9106, section 4, second recommended option, with one lane as we hash one password per thread. */
export const defaultCost: PasswordCost = { memoryKib: 65_536, passes: 3, lanes: 1 };

export interface PasswordHasher {
  /** A hash in PHC form: `$argon2id$v=19$m=65536,t=3,p=1$<salt>$<tag>`. Refuses with 503 `busy` where too many wait. */
  hash(password: string): Promise<string>;
  /** False also for a hash that cannot be read. With `null` it takes as long as for a wrong password and answers false. */
  verify(password: string, hash: string | null): Promise<boolean>;
  /** True where the hash was made with less than today's cost: hash again while the password is at hand. */
  isOutdated(hash: string): boolean;
}

const derive = promisify(argon2);
const saltBytes = 16;
const tagBytes = 32;
/** Each hash holds `memoryKib`: more at once would let a stranger fill the memory by signing in. */
const atOnceMax = 2;
const waitingMax = 64;
const phcForm = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

/** Hashes passwords with Argon2id. Source: RFC 9106; PHC string format. */
export function createPasswordHasher(cost: PasswordCost = defaultCost): PasswordHasher {
  const enter = createGate(atOnceMax, waitingMax);
  const tagOf = async (password: string, salt: Uint8Array, used: PasswordCost): Promise<Buffer> => {
    const leave = await enter();
    try {
      // NFKC: the same password typed on another keyboard gives the same bytes. Source: NIST SP 800-63B-4, section 3.1.1.2.
      const message = Buffer.from(password.normalize('NFKC'));
      return await derive('argon2id', { message, nonce: salt, parallelism: used.lanes, tagLength: tagBytes, memory: used.memoryKib, passes: used.passes });
    } finally {
      leave();
    }
  };
  const dummySalt = randomBytes(saltBytes);
  return {
    hash: async (password) => {
      const salt = randomBytes(saltBytes);
      const tag = await tagOf(password, salt, cost);
      return `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=${cost.lanes}$${unpadded(salt)}$${unpadded(tag)}`;
    },
    verify: async (password, hash) => {
      const known = hash === null ? undefined : readHash(hash);
      // Who has no account, or no password, is answered after the same work: the time does not tell which names exist.
      const tag = await tagOf(password, known?.salt ?? dummySalt, known?.cost ?? cost);
      return known !== undefined && timingSafeEqual(tag, known.tag);
    },
    isOutdated: (hash) => {
      const used = readHash(hash)?.cost;
      return used === undefined || used.memoryKib < cost.memoryKib || used.passes < cost.passes || used.lanes !== cost.lanes;
    },
  };
}

function readHash(hash: string): { readonly cost: PasswordCost; readonly salt: Buffer; readonly tag: Buffer } | undefined {
  const [, memory, passes, lanes, salt = '', tag = ''] = phcForm.exec(hash) ?? [];
  if (memory === undefined) return undefined;
  const cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  return { cost, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') };
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

/** Lets `atOnce` in and `waiting` wait in order; more are refused. */
function createGate(atOnce: number, waiting: number): () => Promise<() => void> {
  let inside = 0;
  const line: (() => void)[] = [];
  const leave = (): void => {
    const next = line.shift();
    if (next === undefined) inside -= 1;
    else next();
  };
  return async () => {
    if (inside < atOnce) {
      inside += 1;
      return leave;
    }
    if (line.length >= waiting) throw new Problem(503, 'busy', 'Cannot check the password now: too many are signing in at once', 5);
    await new Promise<void>((resolve) => line.push(resolve));
    return leave;
  };
}
