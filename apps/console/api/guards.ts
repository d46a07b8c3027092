/** What stands before every handler, whichever it is. */
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Access, access } from './access.ts';
import { type Audit, targetOf } from './audit.ts';
import type { ApiEnvironment } from './context.ts';
import type { RouteName, Routes } from './contract/api.ts';
import { OVERLAP_BYTES_AT_MOST } from './contract/preview.ts';
import type { Identity } from './identity.ts';
import { Refusal } from './refusal.ts';

/** Says who asks; undefined where nobody is signed in. Throws a Refusal where the token is bad. */
export type Identify = (context: Context<ApiEnvironment>) => Promise<Identity | undefined>;

/** A request's body, but for the few routes that take more. */
const BODY_BYTES_AT_MOST = 64 * 1024;
const bodyBytes: Partial<Record<RouteName, number>> = { findOverlap: OVERLAP_BYTES_AT_MOST };

export interface GuardParts {
  readonly identify: Identify;
  readonly audit: Audit;
  /** Where the console's own pages come from, as the browser says it in `Origin`. */
  readonly origins: (context: Context<ApiEnvironment>) => readonly string[];
}

/** In the order in which they look. */
export function guardsOf(
  name: RouteName,
  route: Routes[RouteName],
  parts: GuardParts,
): MiddlewareHandler<ApiEnvironment>[] {
  const guards = [admit(name, route, parts)];
  if (!('query' in route.request)) guards.push(refuseQuery);
  if ('body' in route.request) {
    guards.push(demandJson);
    const maxSize = bodyBytes[name] ?? BODY_BYTES_AT_MOST;
    guards.push(
      bodyLimit({
        maxSize,
        onError: () => {
          throw new Refusal(
            413,
            `The request is larger than the ${maxSize} bytes that are taken here: send less at once.`,
          );
        },
      }),
    );
  }
  return guards;
}

/** There is no cookie that a foreign page could use; this is the second lock. */
function refuseForeignPages(context: Context<ApiEnvironment>, origins: GuardParts['origins']): void {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return;
  const origin = context.req.header('origin');
  const site = context.req.header('sec-fetch-site');
  const foreign =
    (origin !== undefined && !origins(context).includes(origin)) || site === 'cross-site' || site === 'same-site';
  if (foreign)
    throw new Refusal(403, 'This was asked by another page than the console. Open the console and do it there.');
}

/** Lets in whoever may call the route, from the console's own pages, and writes to the audit log how it ended. */
function admit(name: RouteName, route: Routes[RouteName], parts: GuardParts): MiddlewareHandler<ApiEnvironment> {
  const needed = access[name];
  // Who signs in by a click is named by the handler. What anybody may read has no line.
  const isNoted = needed !== 'public' || route.method !== 'get';
  return async (context, next) => {
    let identity: Identity | undefined;
    try {
      if (needed !== 'public') {
        identity = await parts.identify(context);
        context.set('identity', allowed(needed, identity));
      }
      refuseForeignPages(context, parts.origins);
      await next();
    } catch (error) {
      if (error instanceof Refusal) parts.audit(lineOf(error.status));
      throw error;
    }
    if (isNoted) parts.audit(lineOf(context.res.status));

    function lineOf(status: number) {
      const { subject = null, owner = null } = identity ?? context.get('identity') ?? {};
      return { action: name, subject, owner, target: targetOf(context), status };
    }
  };
}

function allowed(needed: Access, identity: Identity | undefined): Identity {
  if (identity === undefined) throw new Refusal(401, 'Nobody is signed in, or no longer: sign in again.');
  if (needed === 'operator' && !identity.operator) {
    throw new Refusal(403, 'Only operators see this. Ask one to put you into the group “operators”.');
  }
  if (needed !== 'operator' && identity.owner === null && !(needed === 'person' && identity.operator)) {
    throw new Refusal(
      403,
      'Your account has no owner yet, so there is nothing to show. Ask an operator to give it one.',
    );
  }
  return identity;
}

/** A body without a type, or none at all, would count as an empty object. */
const demandJson: MiddlewareHandler = async (context, next) => {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal(415, 'The body must be JSON: send it with content-type application/json.');
  }
  return next();
};

const refuseQuery: MiddlewareHandler = async (context, next) => {
  const [first] = new URL(context.req.url).searchParams.keys();
  if (first !== undefined) throw new Refusal(400, `“${first}” is not known here: this address takes no parameters.`);
  return next();
};
