/** Tokens as Cognito makes them, signed and verified on this machine, where API Gateway would verify them. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import type { SignIn } from '../contract/session.ts';
import { OPERATORS } from '../identity.ts';
import { Refusal } from '../refusal.ts';

const ISSUER = 'https://console.centflow.local';
const AUDIENCE = 'centflow-local-console';
const HOURS = 12;

export interface Account {
  readonly owner: string;
  readonly operator: boolean;
}

export interface Tokens {
  issue(account: Account): Promise<{ readonly token: string; readonly expiresAt: string }>;
  /**
   * @returns its claims
   * @throws {Refusal} 401 it is no token of this server's, or no longer
   */
  verify(token: string): Promise<unknown>;
}

export function createTokens(key: Uint8Array): Tokens {
  return {
    async issue({ owner, operator }) {
      const expires = Math.floor(Date.now() / 1000) + HOURS * 3600;
      const token = await new SignJWT({
        token_use: 'id',
        name: owner,
        'custom:owner': owner,
        ...(operator ? { 'cognito:groups': [OPERATORS] } : {}),
      })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(`local-${owner}`)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt()
        .setExpirationTime(expires)
        .sign(key);
      return { token, expiresAt: new Date(expires * 1000).toISOString() };
    },

    verify: verifier(async () => key, { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE }),
  };
}

/** Of a provider that shows its keys where Cognito does. */
export function verifyTokensOf({ authority, clientId }: Extract<SignIn, { kind: 'oidc' }>): Tokens['verify'] {
  const keys = createRemoteJWKSet(new URL(`${authority}/.well-known/jwks.json`));
  return verifier(keys, { algorithms: ['RS256'], issuer: authority, audience: clientId });
}

function verifier(key: JWTVerifyGetKey, options: JWTVerifyOptions): Tokens['verify'] {
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, key, { ...options, requiredClaims: ['exp', 'sub'] });
      return payload;
    } catch {
      throw new Refusal(401, 'You are no longer signed in: sign in again. Nothing that you typed is lost.');
    }
  };
}

/** The key of a data folder, made with it and readable by its owner alone: who is signed in stays so over a restart. */
export function readKey(dataFolder: string): Uint8Array {
  const file = join(dataFolder, 'console-key');
  if (!existsSync(file)) {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  }
  return Buffer.from(readFileSync(file, 'utf8'), 'base64url');
}
