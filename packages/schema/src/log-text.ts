/** Describes errors for logs, without personal data. */

interface ServerError extends Error {
  readonly code: string;
  readonly sqlMessage: string;
}

/**
 * Returns an error's message. MySQL's own message is replaced by its error code, such as `ER_DUP_ENTRY`.
 *
 * MySQL's message quotes the values that it rejects, which may be cells of a person's file. The code alone is enough to
 * find the cause.
 */
export function describeForLog(error: unknown): string {
  let text = error instanceof Error ? error.message : String(error);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isServerError(cause)) text = text.replaceAll(cause.sqlMessage, cause.code);
  }
  return text;
}

function isServerError(error: Error): error is ServerError {
  const { code, sqlMessage } = error as Partial<ServerError>;
  return typeof code === 'string' && typeof sqlMessage === 'string' && sqlMessage !== '';
}
