/** Who asks: what the claims of a verified token say. Nothing of a request but its token tells whose money is meant. */
import * as z from 'zod';
import { Refusal } from './refusal.ts';

/** Whoever is signed in. */
export interface Identity {
  readonly subject: string;
  /** Whose prefix and rows; null where the token names nobody. */
  readonly owner: string | null;
  readonly name: string;
  /** Runs Centflow: sees the flow, and of the rows only their own. */
  readonly operator: boolean;
  /** When the token ends, in seconds since 1970. */
  readonly expires: number;
}

/** The group of those who run Centflow. */
export const OPERATORS = 'operators';

/** A folder of its own in the bucket: the job knows no other owners (glue/centflow_glue/keys/object_key.py). */
export function isOwnerName(name: string): boolean {
  return (
    /^[^/\\\p{C}\p{Zl}\p{Zp}]+$/u.test(name) && [...name].length <= 64 && !/^\.+$/.test(name) && name === name.trim()
  );
}

const claims = z.object({
  sub: z.string().min(1).max(255),
  /** An access token says nothing of the owner, yet gateways that verify JWTs let it through. */
  token_use: z.literal('id'),
  'custom:owner': z.string().optional(),
  'cognito:groups': z.union([z.array(z.string()), z.string()]).optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  // API Gateway hands all claims over as text.
  exp: z.coerce.number().int().positive(),
});

/**
 * @param given the claims of a token that has been verified
 * @throws {Refusal} 401 where they are no ID token's, 403 where they name an owner that cannot be
 */
export function readIdentity(given: unknown): Identity {
  const parsed = claims.safeParse(given);
  if (!parsed.success) throw new Refusal(401, 'The token is no ID token of this console: sign in again.');
  const { sub, exp, name, email, 'custom:owner': owner, 'cognito:groups': groups } = parsed.data;
  if (owner !== undefined && !isOwnerName(owner)) {
    throw new Refusal(403, 'Your account names an owner that no folder can have. Ask an operator to correct it.');
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
 * API Gateway makes `[a b]` of a list. A space ends a group's name and nothing else does: Cognito allows a comma within one
 * (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html).
 */
function groupsOf(groups: string | readonly string[] | undefined): readonly string[] {
  if (typeof groups !== 'string') return groups ?? [];
  return /^\[(.*)\]$/.exec(groups)?.[1]?.split(' ') ?? [];
}
