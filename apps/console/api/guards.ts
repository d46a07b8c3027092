/** Checks that run before every handler. */
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Access, access } from './access.ts';
import { type Audit, targetOf } from './audit.ts';
import { type ApiEnvironment, NO_OWNER } from './context.ts';
import type { RouteName, Routes } from './contract/api.ts';
import { OVERLAP_BYTES_AT_MOST } from './contract/preview.ts';
import type { Identity } from './identity.ts';
import { RefusedError } from './refusal.ts';

export const NOT_JSON = 'The request’s body must be JSON. Send it with content-type application/json.';

/** Returns the person who sent the request; undefined if nobody is signed in. Throws a RefusedError if the token is invalid. */
export type Identify = (context: Context<ApiEnvironment>) => Promise<Identity | undefined>;

/** The size limit for request bodies, in bytes. A few routes have a larger limit. */
const BODY_BYTES_AT_MOST = 64 * 1024;
const bodyBytes: Partial<Record<RouteName, number>> = { findOverlap: OVERLAP_BYTES_AT_MOST };

export interface GuardParts {
  readonly identify: Identify;
  readonly audit: Audit;
  /** Origins of the console's own pages, as browsers send them in `Origin`. */
  readonly origins: (context: Context<ApiEnvironment>) => readonly string[];
}

/** Returns the checks of a route in the order in which they run. */
export function guardsOf(
  name: RouteName,
  route: Routes[RouteName],
  parts: GuardParts,
): MiddlewareHandler<ApiEnvironment>[] {
  const guards = [admit(name, route, parts)];
  if (!('query' in route.request)) guards.push(refuseQuery);
  if ('body' in route.request) {
    guards.push(requireJson);
    const maxSize = bodyBytes[name] ?? BODY_BYTES_AT_MOST;
    guards.push(
      bodyLimit({
        maxSize,
        onError: () => {
          throw new RefusedError('too-large', `The request has more than ${maxSize} bytes. Send less at once.`);
        },
      }),
    );
  }
  return guards;
}

/**
 * The second protection against foreign pages. The first protection is that the console sets no cookie, so a foreign
 * page has no credentials to use.
 */
function refuseForeignPages(context: Context<ApiEnvironment>, origins: GuardParts['origins']): void {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return;
  const origin = context.req.header('origin');
  const site = context.req.header('sec-fetch-site');
  const foreign =
    (origin !== undefined && !origins(context).includes(origin)) || site === 'cross-site' || site === 'same-site';
  if (foreign)
    throw new RefusedError(
      'foreign-page',
      'This request did not come from a page of the console. Open the console and try again there.',
    );
}

/** Admits people who may call the route, and only from the console's own pages. Writes the outcome to the audit log. */
function admit(name: RouteName, route: Routes[RouteName], parts: GuardParts): MiddlewareHandler<ApiEnvironment> {
  const needed = access[name];
  // The handler reports who signed in with one click. Reads of public routes are not logged.
  const isAudited = needed !== 'public' || route.method !== 'get';
  return async (context, next) => {
    let identity: Identity | undefined;
    try {
      if (needed !== 'public') {
        identity = await parts.identify(context);
        context.set('identity', requireAccess(needed, identity));
      }
      refuseForeignPages(context, parts.origins);
      await next();
    } catch (error) {
      if (error instanceof RefusedError) parts.audit(lineOf(error.status));
      throw error;
    }
    if (isAudited) parts.audit(lineOf(context.res.status));

    function lineOf(status: number) {
      const { subject = null, owner = null } = identity ?? context.get('identity') ?? {};
      return { action: name, subject, owner, target: targetOf(context), status };
    }
  };
}

function requireAccess(needed: Access, identity: Identity | undefined): Identity {
  if (identity === undefined)
    throw new RefusedError('not-signed-in', 'You are not signed in, or your session has expired. Sign in again.');
  if (needed === 'operator' && !identity.operator) {
    throw new RefusedError(
      'operators-only',
      'Only operators can see this. Ask an operator to add you to the group “operators”.',
    );
  }
  if (needed !== 'operator' && identity.owner === null && !(needed === 'person' && identity.operator)) {
    throw new RefusedError('no-owner', NO_OWNER);
  }
  return identity;
}

/** Without this check, a body without a type or a missing body would count as an empty object. */
const requireJson: MiddlewareHandler = async (context, next) => {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new RefusedError('not-json', NOT_JSON);
  }
  return next();
};

const refuseQuery: MiddlewareHandler = async (context, next) => {
  const [first] = new URL(context.req.url).searchParams.keys();
  if (first !== undefined)
    throw new RefusedError('invalid-request', `This address takes no parameters. Remove “${first}”.`);
  return next();
};
