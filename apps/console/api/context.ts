/** What a handler is given besides the request. */
import type { RouteHandler } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { RouteName, Routes } from './contract/api.ts';
import type { Identity } from './identity.ts';
import { Refusal } from './refusal.ts';

export interface ApiEnvironment {
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
