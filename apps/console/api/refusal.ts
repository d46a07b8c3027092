/** The errors for refused requests. Each error becomes a response of type application/problem+json. */
import { type Problem, type ProblemCause, type ProblemStatus, statusOf, titleOf, typeOf } from './contract/problem.ts';

/** Thrown if the request is refused. The message explains to a person what is wrong and what to do. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reason: ProblemCause;
  readonly errors: Problem['errors'];
  /** Seconds to wait before the next attempt; undefined if waiting does not help. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    reason: ProblemCause,
    detail: string,
    { errors, retryAfterSeconds }: { readonly errors?: Problem['errors']; readonly retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    this.reason = reason;
    this.errors = errors;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): ProblemStatus {
    return statusOf(this.reason);
  }
}

/** Returns a refusal that names the invalid part of the request. */
export function refusePart(reason: ProblemCause, pointer: string, message: string): RefusedError {
  return new RefusedError(reason, message, { errors: [{ pointer, message }] });
}

export function problemOf({ reason, status, message, errors }: RefusedError): Problem {
  return { type: typeOf(reason), title: titleOf(status), status, detail: message, ...(errors ? { errors } : {}) };
}

/** Returns whether the error, or its cause, has one of these codes. Drizzle wraps the driver's errors. */
export function hasCode(error: unknown, codes: readonly string[]): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && codes.includes(String(error.code))) || hasCode(error.cause, codes);
}
