/**
 * The audit log records who did or read what, and the result. The log never contains amounts, rows, search words or
 * tokens.
 */
import type { Context } from 'hono';
import type { ApiEnvironment } from './context.ts';
import type { RouteName } from './contract/api.ts';

export interface AuditLine {
  readonly action: RouteName;
  /** The token's subject; null without a valid token. */
  readonly subject: string | null;
  readonly owner: string | null;
  /** The names and ids of what the action affected, without any content. */
  readonly target: Readonly<Record<string, string | number>>;
  /** The HTTP status of the response. */
  readonly status: number;
}
export type Audit = (line: AuditLine) => void;

/** The request parameters that may appear in the log. */
const loggedParameters = [
  'objectKey',
  'versionId',
  'newestVersionId',
  'uploadId',
  'templateId',
  'visualId',
  'feed',
  'name',
  'multipartId',
];

export function targetOf(context: Context<ApiEnvironment>): AuditLine['target'] {
  const found = new Map<string, string | number>();
  for (const part of ['param', 'query', 'json'] as const) {
    const values: unknown = context.req.valid(part as never);
    if (typeof values !== 'object' || values === null) continue;
    for (const [name, value] of Object.entries(values)) {
      if (loggedParameters.includes(name) && (typeof value === 'string' || typeof value === 'number'))
        found.set(name, value);
    }
  }
  return Object.fromEntries(found);
}
