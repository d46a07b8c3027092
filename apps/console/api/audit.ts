/** The audit log: who did or saw what, and how it ended. Never amounts, rows, search words or tokens. */
import type { Context } from 'hono';
import type { ApiEnvironment } from './context.ts';
import type { RouteName } from './contract/api.ts';

export interface AuditLine {
  readonly action: RouteName;
  /** The token's subject; null where none was good. */
  readonly subject: string | null;
  readonly owner: string | null;
  /** What it was about, as far as it can be named without telling what stands in it. */
  readonly target: Readonly<Record<string, string | number>>;
  /** The answer's HTTP status. */
  readonly status: number;
}
export type Audit = (line: AuditLine) => void;

/** All that is ever told of a request. */
const told = [
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
      if (told.includes(name) && (typeof value === 'string' || typeof value === 'number')) found.set(name, value);
    }
  }
  return Object.fromEntries(found);
}
