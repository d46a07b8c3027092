/** One field of a request that the API refused (RFC 9457). */
export interface FieldProblem {
  /** A JSON pointer to the field in the request. */
  readonly pointer: string;
  readonly message: string;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldProblem[];

  constructor(status: number, title: string, detail: string, errors: readonly FieldProblem[] = []) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
  }
}

/** Reads a refusal from the API, from a gateway before it, or from a proxy that does not return JSON. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof fields[name] === 'string' ? fields[name] : undefined);
  return new ApiError(
    response.status,
    text('title') ?? getTitle(response.status),
    text('detail') ?? getAdvice(response.status),
    Array.isArray(fields.errors) ? fields.errors.filter(isFieldProblem) : [],
  );
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === 'object' && value !== null && 'pointer' in value && 'message' in value;
}

function getTitle(status: number): string {
  if (status === 403) return 'Not allowed';
  if (status === 404) return 'Not found';
  if (status === 429) return 'Too many requests';
  return status >= 500 ? 'Something went wrong' : 'The request was refused';
}

function getAdvice(status: number): string {
  if (status === 403) return 'You do not have access to this. Ask an operator for access.';
  if (status === 404) return 'This does not exist, or it was deleted. Check the address.';
  if (status === 429) return 'Wait a moment, then try again.';
  return status >= 500
    ? 'The service has a problem. Try again in a moment. Nothing you entered is lost.'
    : `The service returned status ${status}. Try again. If the problem continues, contact an operator.`;
}

/** Returns whether the error may be temporary: a network error, a server error, or too many requests. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429;
  return error instanceof TypeError;
}

/** Returns whether the service was overloaded and did not process the request. */
export function isBusy(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 429 || error.status === 503);
}

/** Returns the title and the text to show to people for an error. */
export function describeError(error: unknown): { readonly title: string; readonly detail: string } {
  if (error instanceof ApiError) return { title: error.title, detail: error.detail };
  if (error instanceof TypeError)
    return {
      title: 'No connection',
      detail: 'The service could not be reached. Check your connection, then try again.',
    };
  return { title: 'Something went wrong', detail: error instanceof Error ? error.message : String(error) };
}
