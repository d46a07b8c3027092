/** Tokens like Cognito's, signed and verified on this machine. On AWS, API Gateway verifies them. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import type { SignIn } from '../contract/session.ts';
import { OPERATORS } from '../identity.ts';
import { RefusedError } from '../refusal.ts';

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
   * Returns the claims of a token.
   *
   * @throws {RefusedError} 401 if this server did not issue the token, or if the token has expired
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

/** Verifies tokens of a provider that publishes its keys at the same path as Cognito. */
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
      throw new RefusedError(
        'not-signed-in',
        'Your session has expired. Sign in again; nothing that you typed is lost.',
      );
    }
  };
}

/**
 * Returns the signing key from the data folder, and creates the key if it is missing. People therefore stay signed in
 * after a restart.
 */
export function readKey(dataFolder: string): Uint8Array {
  const file = join(dataFolder, 'console-key');
  if (!existsSync(file)) {
    mkdirSync(dataFolder, { recursive: true });
    writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 });
  }
  return Buffer.from(readFileSync(file, 'utf8'), 'base64url');
}
