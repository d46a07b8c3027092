/** What a handler is given besides the request. */
import type { RouteHandler } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { RouteName, Routes } from './contract/api.ts';
import type { Identity } from './identity.ts';
import { Refusal } from './refusal.ts';
import type { Asker } from './turns.ts';

export interface ApiEnvironment {
  /** The identity is missing on routes that anybody may call. */
  Variables: { identity: Identity };
}

/** What answers each route. */
export type Handlers = { readonly [Name in RouteName]: RouteHandler<Routes[Name], ApiEnvironment> };

/** Whose prefix and rows the request is about: the token's owner, who is never taken from anything else. */
export function ownerOf(context: Context<ApiEnvironment>): string {
  const { owner } = context.get('identity');
  if (owner === null) {
    throw new Refusal(
      403,
      'Your account has no owner yet, so there is nothing to show. Ask an operator to give it one.',
    );
  }
  return owner;
}

/** Who waits for the answer of the database. All who are not signed in count as one person. */
export function askerOf(context: Context<ApiEnvironment>): Asker {
  const identity: Identity | undefined = context.get('identity');
  return { person: identity?.subject ?? '', signal: context.req.raw.signal };
}
