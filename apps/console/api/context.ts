/** The variables that handlers read from a request's context. */
import type { RouteHandler } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { RouteName, Routes } from './contract/api.ts';
import type { Identity } from './identity.ts';
import { RefusedError } from './refusal.ts';
import type { Requester } from './turns.ts';

export interface ApiEnvironment {
  /** The person who is signed in. Missing on public routes. */
  Variables: { identity: Identity };
}

/** The handler of each route. */
export type Handlers = { readonly [Name in RouteName]: RouteHandler<Routes[Name], ApiEnvironment> };

export const NO_OWNER = 'Your account has no owner yet, so there is nothing to show. Ask an operator to assign one.';

/** Returns the owner from the token. Only the token decides which prefix and rows a request may use. */
export function ownerOf(context: Context<ApiEnvironment>): string {
  const { owner } = context.get('identity');
  if (owner === null) {
    throw new RefusedError('no-owner', NO_OWNER);
  }
  return owner;
}

/** Returns the person whose query limits apply. All people who are not signed in count as one person. */
export function requesterOf(context: Context<ApiEnvironment>): Requester {
  const identity: Identity | undefined = context.get('identity');
  return { person: identity?.subject ?? '', signal: context.req.raw.signal };
}
