/** Reads the person behind a request from the claims of a verified token. Only these claims determine the owner. */
import * as z from 'zod';
import { RefusedError } from './refusal.ts';

/** A person who is signed in. */
export interface Identity {
  readonly subject: string;
  /** The owner whose prefix and rows the person may use; null if the token has none. */
  readonly owner: string | null;
  readonly name: string;
  /** Operators see the pipeline of all owners, but only their own rows. */
  readonly operator: boolean;
  /** When the token expires, in seconds since 1970. */
  readonly expires: number;
}

/** The Cognito group whose members are operators. */
export const OPERATORS = 'operators';

/**
 * Returns whether the name can be an owner's folder in the bucket. The job applies the same rule
 * (glue/centflow_glue/keys/object_key.py).
 */
export function isOwnerName(name: string): boolean {
  return (
    /^[^/\\\p{C}\p{Zl}\p{Zp}]+$/u.test(name) && [...name].length <= 64 && !/^\.+$/.test(name) && name === name.trim()
  );
}

const claims = z.object({
  sub: z.string().min(1).max(255),
  /** API Gateway's JWT authorizer also accepts access tokens, but an access token does not name the owner. */
  token_use: z.literal('id'),
  'custom:owner': z.string().optional(),
  'cognito:groups': z.union([z.array(z.string()), z.string()]).optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  // `exp` is text here, because API Gateway passes all claims as text.
  exp: z.coerce.number().int().positive(),
});

/**
 * Reads the identity from the claims of a verified token.
 *
 * @throws {RefusedError} 401 if the claims are not those of an ID token, 403 if the owner's name is not valid
 */
export function readIdentity(given: unknown): Identity {
  const parsed = claims.safeParse(given);
  if (!parsed.success)
    throw new RefusedError('invalid-token', 'The token is not an ID token of this console. Sign in again.');
  const { sub, exp, name, email, 'custom:owner': owner, 'cognito:groups': groups } = parsed.data;
  if (owner !== undefined && !isOwnerName(owner)) {
    throw new RefusedError('unusable-owner', 'Your account’s owner name is not valid. Ask an operator to correct it.');
  }
  return {
    subject: sub,
    owner: owner ?? null,
    name: name ?? email ?? owner ?? sub,
    operator: groupsOf(groups).includes(OPERATORS),
    expires: exp,
  };
}

/**
 * Reads the groups. API Gateway writes a list as `[a b]`. Only a space separates groups, because Cognito allows commas
 * in names (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html).
 */
function groupsOf(groups: string | readonly string[] | undefined): readonly string[] {
  if (typeof groups !== 'string') return groups ?? [];
  return /^\[(.*)\]$/.exec(groups)?.[1]?.split(' ') ?? [];
}
