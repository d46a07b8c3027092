/** The body of a refused request: RFC 9457. */
import { z } from '@hono/zod-openapi';

export const problem = z
  .object({
    /** The cause, for programs. A new release may add causes. */
    type: z.string().openapi({
      description: 'The cause, for programs: `urn:centflow:problem:<cause>`. A new release may add causes.',
      example: 'urn:centflow:problem:not-signed-in',
    }),
    title: z.string(),
    status: z.int(),
    /** What is wrong and what to do, in words for people. */
    detail: z.string(),
    errors: z
      .array(
        z.object({
          /** The invalid part of the request, as a JSON pointer: `/query/from`, `/json/name`. */
          pointer: z.string(),
          message: z.string(),
        }),
      )
      .optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof problem>;

const titles = {
  400: 'Invalid request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Not possible right now',
  412: 'Changed in the meantime',
  413: 'Too large',
  415: 'Not JSON',
  428: 'A condition is missing',
  429: 'Too many requests at once',
  500: 'Something went wrong',
  503: 'Not available right now',
} as const;
export type ProblemStatus = keyof typeof titles;

/** Every cause of a refusal with its HTTP status. Clients may rely on the names, so never rename a cause. */
const causes = {
  'invalid-request': 400,
  'invalid-cursor': 400,
  'invalid-file-name': 400,
  'invalid-filter': 400,
  'invalid-owner': 400,
  'not-signed-in': 401,
  'invalid-token': 401,
  'foreign-page': 403,
  'foreign-host': 403,
  'operators-only': 403,
  'no-owner': 403,
  'unusable-owner': 403,
  'no-such-address': 404,
  'no-such-chart': 404,
  'no-such-file': 404,
  'no-such-send': 404,
  'no-such-template': 404,
  'no-such-upload': 404,
  'no-such-version': 404,
  'method-not-allowed': 405,
  'already-newest': 409,
  'already-removed': 409,
  'file-changed': 409,
  'file-exists': 409,
  'job-runs-at-limit': 409,
  'parts-differ': 409,
  'redrive-running': 409,
  'templates-at-limit': 409,
  'template-changed': 412,
  'too-large': 413,
  'not-json': 415,
  'condition-missing': 428,
  'too-many-requests': 429,
  'internal-error': 500,
  'client-gone': 503,
  'database-busy': 503,
  'database-slow': 503,
  'database-unreachable': 503,
} as const satisfies Readonly<Record<string, ProblemStatus>>;
export type ProblemCause = keyof typeof causes;

export function statusOf(cause: ProblemCause): ProblemStatus {
  return causes[cause];
}

/** Returns the `type` of a problem: a URI, as RFC 9457 requires. */
export function typeOf(cause: ProblemCause): string {
  return `urn:centflow:problem:${cause}`;
}

export function titleOf(status: ProblemStatus): string {
  return titles[status];
}

type Answer = {
  readonly description: string;
  readonly content: { 'application/problem+json': { schema: typeof problem } };
};

function answers<const Status extends ProblemStatus>(statuses: readonly Status[]): Record<Status, Answer> {
  const content = { 'application/problem+json': { schema: problem } };
  const described: [Status, Answer][] = statuses.map((status) => [status, { description: titles[status], content }]);
  return Object.fromEntries(described) as Record<Status, Answer>;
}

/** Returns the refusals that every route can give, plus the given statuses of a single route. */
export function problems<const Status extends ProblemStatus = never>(...own: readonly Status[]) {
  return answers<400 | 401 | 403 | 429 | 500 | 503 | Status>([400, 401, 403, 429, 500, 503, ...own]);
}

/** Returns the refusals of a route that changes data. Such a route also requires a JSON body of limited size. */
export function problemsOfChange<const Status extends ProblemStatus = never>(...own: readonly Status[]) {
  return answers<400 | 401 | 403 | 413 | 415 | 429 | 500 | 503 | Status>([
    400,
    401,
    403,
    413,
    415,
    429,
    500,
    503,
    ...own,
  ]);
}

/** Requires a JSON body. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { 'application/json': { schema } } };
}

/** Describes a JSON response. */
export function answer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

/** The security requirement of every route that is not public. */
export const signedIn = [{ bearer: [] as string[] }];
