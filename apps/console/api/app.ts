/** The API: the contract's routes, what answers them, and what stands before them. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import type { ApiEnvironment, Handlers } from './context.ts';
import { type RouteName, routes } from './contract/api.ts';
import { type GuardParts, guardsOf } from './guards.ts';
import { hasCode, problemOf, Refusal } from './refusal.ts';
import { tooBusy } from './turns.ts';

export type { Api } from './contract/api.ts';

/** Tells of what nobody foresaw; never of a request's content. */
export type ReportFault = (fault: { readonly route: string; readonly name: string; readonly detail: string }) => void;

export interface ApiParts extends GuardParts {
  /** Those that are served here: on AWS two functions share them. */
  readonly handlers: Partial<Handlers>;
  readonly reportFault: ReportFault;
  /** Looks at every request first, of the web's files too. */
  readonly before?: (context: Context<ApiEnvironment>) => void;
}

export function createApp(parts: ApiParts): OpenAPIHono<ApiEnvironment> {
  const app = new OpenAPIHono<ApiEnvironment>({ defaultHook: refuseInvalid });
  app.use('*', async (context, next) => {
    parts.before?.(context);
    await next();
  });
  // CloudFront keeps no answer of the API, and so compresses none; API Gateway never does. It hands `Accept-Encoding` through:
  // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ParametersInCacheKeyAndForwardedToOrigin.html
  // An attacker's page cannot measure the answers: it has no token to ask with.
  app.use('/api/*', compress({ encoding: 'gzip' }));
  app.use('/api/*', async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
  });
  for (const [name, route] of Object.entries(routes) as [RouteName, (typeof routes)[RouteName]][]) {
    const handler = parts.handlers[name];
    if (handler === undefined) continue;
    // Each handler is typed against its own route, by Handlers.
    app.openapi({ ...route, middleware: guardsOf(name, route, parts) }, handler as never);
  }
  refuseOtherMethods(app, parts.handlers);
  app.notFound(() => answer(new Refusal(404, 'There is nothing at this address.')));
  app.onError((error, context) => {
    const refusal = refusalOf(error);
    if (refusal.status === 500) {
      parts.reportFault({ route: context.req.routePath, name: error.name, detail: detailOf(error) });
    }
    return answer(refusal);
  });
  return app;
}

/** Drizzle's own message holds the query's values. */
function detailOf(error: Error): string {
  const { cause } = error;
  if (error.message.startsWith('Failed query'))
    return cause instanceof Error ? `${cause.name}: ${codeOf(cause)}` : 'a query';
  return error.message;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}

function answer(refusal: Refusal): Response {
  return new Response(JSON.stringify(problemOf(refusal)), {
    status: refusal.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(refusal.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(refusal.retryAfterSeconds === undefined ? {} : { 'retry-after': String(refusal.retryAfterSeconds) }),
    },
  });
}

function refusalOf(error: Error): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof HTTPException && error.status === 415) {
    return new Refusal(415, 'The body must be JSON: send it with content-type application/json.');
  }
  if (error instanceof HTTPException && error.status === 400) {
    return new Refusal(400, 'The body is no JSON that can be read.');
  }
  if (isTimeout(error)) {
    return new Refusal(503, 'The database took too long. Narrow what you ask for, such as the period, and try again.');
  }
  if (hasCode(error, NO_CONNECTION_LEFT)) return tooBusy();
  if (isUnreachable(error)) return new Refusal(503, 'The database cannot be reached now. Try again in a moment.');
  return new Refusal(500, 'Something went wrong on our side, and was noted. Try again; tell an operator if it stays.');
}

/** Of the server, or of the user that all people share. */
const NO_CONNECTION_LEFT = ['ER_CON_COUNT_ERROR', 'ER_USER_LIMIT_REACHED', 'ER_TOO_MANY_USER_CONNECTIONS'];
const isTimeout = (error: Error) => hasCode(error, ['ER_QUERY_TIMEOUT', 'PROTOCOL_SEQUENCE_TIMEOUT']);
const isUnreachable = (error: Error) =>
  hasCode(error, ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'PROTOCOL_CONNECTION_LOST']);

type Validation = {
  readonly target: string;
  readonly success: boolean;
  readonly error?: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] };
};

function refuseInvalid({ target, success, error }: Validation): void {
  if (success) return;
  const errors = (error?.issues ?? []).map(({ path, message }) => ({
    pointer: `/${[target, ...path.map(escapePointer)].join('/')}`,
    message,
  }));
  const first = errors[0];
  throw new Refusal(
    400,
    first ? `${first.pointer.slice(1)}: ${first.message}` : 'The request is not understood.',
    errors,
  );
}

/** RFC 6901. */
function escapePointer(part: PropertyKey): string {
  return String(part).replaceAll('~', '~0').replaceAll('/', '~1');
}

function refuseOtherMethods(app: OpenAPIHono<ApiEnvironment>, handlers: Partial<Handlers>): void {
  const methods = new Map<string, string[]>();
  for (const [name, route] of Object.entries(routes)) {
    if (handlers[name as RouteName] === undefined) continue;
    const path = route.getRoutingPath();
    methods.set(path, [...(methods.get(path) ?? []), route.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    app.all(path, (context) => {
      const response = answer(
        new Refusal(405, `${context.req.method} is not answered here, but ${allowed.join(' and ')}.`),
      );
      response.headers.set('allow', allowed.join(', '));
      return response;
    });
  }
}
