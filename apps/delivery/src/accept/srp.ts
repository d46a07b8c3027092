/**
 * The client side of Cognito's SRP sign-in, which does not send the password. The console's app client allows no other
 * flow.
 *
 * SRP uses the 3072-bit group of RFC 3526 with the generator 2. The computation is the same as in AWS's own client:
 * https://github.com/aws-amplify/amplify-js/tree/main/packages/auth/src/providers/cognito/utils/srp
 * Documentation of the flow:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
import { createDiffieHellmanGroup, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const N = BigInt(`0x${createDiffieHellmanGroup('modp15').getPrime('hex')}`);
const g = 2n;
const k = toNumber(hash(padded(N), padded(g)));

/** The values of Cognito's PASSWORD_VERIFIER challenge. */
export interface Challenge {
  /** The id of the user pool, such as `eu-west-1_abc`. */
  readonly poolId: string;
  readonly userId: string;
  /** Hexadecimal. */
  readonly salt: string;
  readonly serverPublic: string;
  /** Base64. */
  readonly secretBlock: string;
}

/** The proof of one sign-in. */
export interface Proof {
  readonly timestamp: string;
  /** Base64. */
  readonly signature: string;
}

export class SrpSignIn {
  readonly #secret = toNumber(randomBytes(128));
  readonly #public = power(g, this.#secret);

  /** The public value that starts the sign-in, in hexadecimal. */
  get clientPublic(): string {
    return this.#public.toString(16);
  }

  /** Computes the proof that the user knows the password. */
  prove(challenge: Challenge, password: string, now = new Date()): Proof {
    const { poolId, userId, secretBlock } = challenge;
    const poolName = poolId.slice(poolId.indexOf('_') + 1);
    const timestamp = timestampOf(now);
    const signature = createHmac('sha256', this.#key(challenge, poolName, password))
      .update(poolName)
      .update(userId)
      .update(Buffer.from(secretBlock, 'base64'))
      .update(timestamp)
      .digest('base64');
    return { timestamp, signature };
  }

  #key({ userId, salt, serverPublic }: Challenge, poolName: string, password: string): Buffer {
    const B = BigInt(`0x${serverPublic}`);
    if (B % N === 0n) throw new Error('Cognito sent an invalid SRP public value, a multiple of N.');
    const u = toNumber(hash(padded(this.#public), padded(B)));
    const inner = hash(Buffer.from(`${poolName}${userId}:${password}`, 'utf8'));
    const x = toNumber(hash(padded(BigInt(`0x${salt}`)), inner));
    const base = (((B - k * power(g, x)) % N) + N) % N;
    const shared = power(base, this.#secret + u * x);
    return Buffer.from(hkdfSync('sha256', padded(shared), padded(u), 'Caldera Derived Key', 16));
  }
}

/** Formats a time as `Mon Nov 3 03:22:35 UTC 2026`, without a leading zero in the day. */
function timestampOf(now: Date): string {
  const [weekday, day, month, year, time] = now.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

/** Returns the bytes of a number. As in Java, a zero byte precedes a number whose highest bit is set. */
function padded(number: bigint): Buffer {
  const hex = number.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, 'hex');
}

function hash(...parts: readonly Buffer[]): Buffer {
  const sha256 = createHash('sha256');
  for (const part of parts) sha256.update(part);
  return sha256.digest();
}

function toNumber(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

/** Returns base^exponent mod N. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}
