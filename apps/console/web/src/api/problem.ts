/** What the API says when it refuses: RFC 9457, in a person's words. */
export interface FieldProblem {
  /** Where in what was sent, as a JSON pointer. */
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

/** Reads a refusal, whoever wrote it: the API, a gateway before it, or a proxy that knows no JSON. */
export async function readProblem(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const said = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (name: string) => (typeof said[name] === 'string' ? said[name] : undefined);
  return new ApiError(
    response.status,
    text('title') ?? titleForStatus(response.status),
    text('detail') ?? adviceFor(response.status),
    Array.isArray(said.errors) ? said.errors.filter(isFieldProblem) : [],
  );
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return typeof value === 'object' && value !== null && 'pointer' in value && 'message' in value;
}

function titleForStatus(status: number): string {
  if (status === 403) return 'Not allowed';
  if (status === 404) return 'Not found';
  if (status === 429) return 'Too many requests';
  return status >= 500 ? 'Something went wrong' : 'The request was refused';
}

function adviceFor(status: number): string {
  if (status === 403) return 'You do not have access to this. Ask an operator for access.';
  if (status === 404) return 'It does not exist, or it was deleted.';
  if (status === 429) return 'Wait a moment, then try again.';
  return status >= 500
    ? 'The service has a problem. Try again in a moment. Nothing you entered is lost.'
    : `The service answered with status ${status}. Try again.`;
}

/** Worth trying again by itself: the network, or a fault that passes. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 429;
  return error instanceof TypeError;
}

/** The service has too much to do, and did nothing. */
export function isBusy(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 429 || error.status === 503);
}

/** What to tell a person about any error. */
export function describeError(error: unknown): { readonly title: string; readonly detail: string } {
  if (error instanceof ApiError) return { title: error.title, detail: error.detail };
  if (error instanceof TypeError)
    return {
      title: 'No connection',
      detail: 'The service could not be reached. Check your connection, then try again.',
    };
  return { title: 'Something went wrong', detail: error instanceof Error ? error.message : String(error) };
}
