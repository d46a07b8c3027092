/** What a refusal looks like: RFC 9457. */
import { z } from '@hono/zod-openapi';

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    /** In a person's words: what is wrong and what to do. */
    detail: z.string(),
    errors: z
      .array(
        z.object({
          /** Which part of the request, as a JSON pointer: `/query/from`, `/json/name`. */
          pointer: z.string(),
          message: z.string(),
        }),
      )
      .optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof problem>;

const titles = {
  400: 'The request is not understood',
  401: 'Nobody is signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Changed meanwhile',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Not JSON',
  428: 'A condition is missing',
  429: 'Too many requests at once',
  500: 'A fault of ours',
  501: 'Not there yet',
  503: 'Not available now',
} as const;
export type ProblemStatus = keyof typeof titles;

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

/** The refusals that any route may answer with, and those of its own. */
export function problems<const Status extends ProblemStatus = never>(...own: readonly Status[]) {
  return answers<400 | 401 | 403 | 429 | 500 | 503 | Status>([400, 401, 403, 429, 500, 503, ...own]);
}

/** Of a route that changes something: it also demands JSON of a bounded size. */
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

/** A JSON body, and nothing else. */
export function body<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { 'application/json': { schema } } };
}

/** A JSON answer. */
export function answer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } };
}

/** Every route but the public ones. */
export const signedIn = [{ bearer: [] as string[] }];
