/** What is not done, and why: becomes application/problem+json. */
import type { Problem, ProblemStatus } from './contract/problem.ts';
import { titleOf } from './contract/problem.ts';

/** The request is refused; the message is for the person who asked, and says what to do. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: ProblemStatus;
  readonly errors: Problem['errors'];
  /** When to try again; undefined where that does not help. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    status: ProblemStatus,
    detail: string,
    errors?: Problem['errors'],
    { retryAfterSeconds }: { readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function problemOf({ status, message, errors }: Refusal): Problem {
  return { type: 'about:blank', title: titleOf(status), status, detail: message, ...(errors ? { errors } : {}) };
}

/** Whether the error, or what caused it, has one of these codes: Drizzle wraps the driver's errors. */
export function hasCode(error: unknown, codes: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && codes.includes(String(error.code))) || hasCode(error.cause, codes);
}
