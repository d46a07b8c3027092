import { createDiffieHellmanGroup, createHash, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SrpSignIn } from './srp.ts';

const N = BigInt(`0x${createDiffieHellmanGroup('modp15').getPrime('hex')}`);
const POOL = 'eu-west-1_Example12';
const USER = '9f3c1f1e-0000-4000-8000-000000000000';
const SALT = 'f1d2c3b4a59687786950413223140506';
const SECRET_BLOCK = Buffer.from('what the server keeps').toString('base64');

const power = (base: bigint, exponent: bigint): bigint => {
  if (exponent === 0n) return 1n;
  const half = power((base * base) % N, exponent / 2n);
  return exponent % 2n === 1n ? (half * base) % N : half;
};
/** Returns the bytes of an integer as Java's BigInteger encodes them. */
const bytes = (number: bigint): Buffer => {
  const hex = number.toString(16);
  const even = hex.padStart(hex.length + (hex.length % 2), '0');
  return Buffer.from(Number.parseInt(even.slice(0, 2), 16) > 127 ? `00${even}` : even, 'hex');
};
const hash = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const number = (buffer: Buffer) => BigInt(`0x${buffer.toString('hex')}`);

/** The server side of SRP, which knows the verifier but not the password. */
class Server {
  readonly #verifier: bigint;
  readonly #secret = 0x1234567890abcdef1234567890abcdefn;

  constructor(password: string) {
    const inner = hash(Buffer.from(`Example12${USER}:${password}`));
    this.#verifier = power(2n, number(hash(bytes(BigInt(`0x${SALT}`)), inner)));
  }

  get public(): bigint {
    return (number(hash(bytes(N), bytes(2n))) * this.#verifier + power(2n, this.#secret)) % N;
  }

  signatureOf(clientPublic: string, timestamp: string): string {
    const A = BigInt(`0x${clientPublic}`);
    const u = number(hash(bytes(A), bytes(this.public)));
    const shared = power((A * power(this.#verifier, u)) % N, this.#secret);
    const key = Buffer.from(hkdfSync('sha256', bytes(shared), bytes(u), 'Caldera Derived Key', 16));
    const text = Buffer.concat([
      Buffer.from(`Example12${USER}`),
      Buffer.from(SECRET_BLOCK, 'base64'),
      Buffer.from(timestamp),
    ]);
    return createHmac('sha256', key).update(text).digest('base64');
  }
}

function signInAt(server: Server, password: string, now?: Date) {
  const srp = new SrpSignIn();
  const challenge = { poolId: POOL, userId: USER, salt: SALT, secretBlock: SECRET_BLOCK };
  const proof = srp.prove({ ...challenge, serverPublic: server.public.toString(16) }, password, now);
  return { proof, expected: server.signatureOf(srp.clientPublic, proof.timestamp) };
}

describe('SrpSignIn', () => {
  test('proves the password to a server that stores only the verifier, with a different proof for each sign-in', () => {
    const server = new Server('correct horse Battery 9!');
    const [one, other] = [signInAt(server, 'correct horse Battery 9!'), signInAt(server, 'correct horse Battery 9!')];
    expect(one.proof.signature).toBe(one.expected);
    expect(other.proof.signature).toBe(other.expected);
    expect(one.proof.signature).not.toBe(other.proof.signature);
  });

  test('produces no valid proof with a wrong password', () => {
    const { proof, expected } = signInAt(new Server('correct horse Battery 9!'), 'correct horse Battery 8!');
    expect(proof.signature).not.toBe(expected);
  });

  test.each([
    ['2026-11-03T03:02:05Z', 'Tue Nov 3 03:02:05 UTC 2026'],
    ['2026-12-31T23:59:59Z', 'Thu Dec 31 23:59:59 UTC 2026'],
  ])('formats the time %s for Cognito as %s', (at, written) => {
    expect(signInAt(new Server('p'), 'p', new Date(at)).proof.timestamp).toBe(written);
  });

  test('refuses a public value of the server that would make every password valid', () => {
    const challenge = { poolId: POOL, userId: USER, salt: SALT, secretBlock: SECRET_BLOCK };
    const zero = (2n * N).toString(16);
    expect(() => new SrpSignIn().prove({ ...challenge, serverPublic: zero }, 'p')).toThrow(/invalid SRP public value/);
  });
});
