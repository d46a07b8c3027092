/** The API: the routes of the contract with their handlers and guards. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import type { ApiEnvironment, Handlers } from './context.ts';
import { type RouteName, routes } from './contract/api.ts';
import { type GuardParts, guardsOf, NOT_JSON } from './guards.ts';
import { hasCode, problemOf, RefusedError } from './refusal.ts';
import { databaseBusyError } from './turns.ts';

export type { Api } from './contract/api.ts';

/** Reports an unexpected error, without any content of the request. */
export type ReportFault = (fault: { readonly route: string; readonly name: string; readonly detail: string }) => void;

export interface ApiParts extends GuardParts {
  /**
   * The handlers of the routes that this process serves. On AWS, each of the two functions serves some of the routes.
   */
  readonly handlers: Partial<Handlers>;
  readonly reportFault: ReportFault;
  /** Runs before every request, including requests for the files of the web app. */
  readonly before?: (context: Context<ApiEnvironment>) => void;
}

export function createApp(parts: ApiParts): OpenAPIHono<ApiEnvironment> {
  const app = new OpenAPIHono<ApiEnvironment>({ defaultHook: refuseInvalid });
  app.use('*', async (context, next) => {
    parts.before?.(context);
    await next();
  });
  // CloudFront does not cache API responses, so CloudFront does not compress them. The API receives the browser's
  // `Accept-Encoding`:
  // https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ParametersInCacheKeyAndForwardedToOrigin.html
  // Compression leaks no secrets to a foreign page. Such a page has no token, so it cannot measure the size of a
  // response.
  app.use('/api/*', compress({ encoding: 'gzip' }));
  app.use('/api/*', async (context, next) => {
    await next();
    context.header('cache-control', 'no-store');
    context.header('x-content-type-options', 'nosniff');
  });
  for (const [name, route] of Object.entries(routes) as [RouteName, (typeof routes)[RouteName]][]) {
    const handler = parts.handlers[name];
    if (handler === undefined) continue;
    // `Handlers` types each handler against its own route.
    app.openapi({ ...route, middleware: guardsOf(name, route, parts) }, handler as never);
  }
  refuseOtherMethods(app, parts.handlers);
  app.notFound(() =>
    answer(new RefusedError('no-such-address', 'This address does not exist. Check it for typing errors.')),
  );
  app.onError((error, context) => {
    const refusal = refusalOf(error);
    if (refusal.status === 500) {
      parts.reportFault({ route: context.req.routePath, name: error.name, detail: detailOf(error) });
    }
    return answer(refusal);
  });
  return app;
}

/** Returns the error's details without Drizzle's message, because that message contains the query's values. */
function detailOf(error: Error): string {
  const { cause } = error;
  if (error.message.startsWith('Failed query'))
    return cause instanceof Error ? `${cause.name}: ${codeOf(cause)}` : 'a query';
  return error.message;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : error.name;
}

function answer(refusal: RefusedError): Response {
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

function refusalOf(error: Error): RefusedError {
  if (error instanceof RefusedError) return error;
  if (error instanceof HTTPException && error.status === 415) {
    return new RefusedError('not-json', NOT_JSON);
  }
  if (error instanceof HTTPException && error.status === 400) {
    return new RefusedError('invalid-request', 'The request’s body is not valid JSON. Correct it and send it again.');
  }
  if (isTimeout(error)) {
    return new RefusedError(
      'database-slow',
      'The database took too long. Choose a shorter period or more filters, then try again.',
    );
  }
  if (hasCode(error, NO_CONNECTION_LEFT)) return databaseBusyError();
  if (isUnreachable(error))
    return new RefusedError('database-unreachable', 'The database cannot be reached right now. Try again in a moment.');
  return new RefusedError(
    'internal-error',
    'Something went wrong on our side. Try again. If the problem continues, contact an operator. The error has been logged.',
  );
}

/** MySQL reached the connection limit of the server, or of the database user that all requests share. */
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
  throw new RefusedError(
    'invalid-request',
    first
      ? `${first.pointer.slice(1)}: ${first.message}`
      : 'The request is invalid. Check its parameters and its body.',
    { errors },
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
        new RefusedError(
          'method-not-allowed',
          `${context.req.method} is not allowed here. Use ${allowed.join(' or ')}.`,
        ),
      );
      response.headers.set('allow', allowed.join(', '));
      return response;
    });
  }
}
