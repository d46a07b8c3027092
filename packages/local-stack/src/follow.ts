/** Follows uploads from the bucket to the views. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { queryRows } from './database.ts';

/** One version of one object. */
export interface Version {
  readonly objectKey: string;
  readonly versionId: string;
}

/** A row of `v_upload_accounting`. */
export interface Accounting {
  readonly upload_id: number;
  readonly owner: string;
  readonly feed: string | null;
  readonly object_key: string;
  readonly version_id: string;
  readonly state: 'loading' | 'published' | 'superseded' | 'retired' | 'rejected' | 'failed';
  readonly rows_read: number;
  readonly rows_published: number;
  readonly rows_duplicate: number;
  readonly rows_quarantined: number;
  readonly amount_read: string;
  readonly amount_published: string;
  readonly amount_duplicate: string;
  readonly amount_quarantined: string;
  readonly reason: string | null;
  readonly received_at: string;
  readonly published_at: string | null;
  readonly seconds_to_visible: string | null;
}

/** The states that are not final. A `loading` upload continues automatically, and the sweep retries a `failed` one. */
const UNSETTLED: ReadonlySet<Accounting['state']> = new Set(['loading', 'failed']);

export interface FollowOptions {
  readonly timeoutMs: number;
  readonly pollMs?: number;
  readonly onProgress?: (settled: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until the state of every version is final, or until the time is up.
 *
 * @returns the accounting of each version, in the given order; undefined if the database has no upload for the version
 */
export async function followUploads(
  reporter: Connection,
  versions: readonly Version[],
  options: FollowOptions,
): Promise<(Accounting | undefined)[]> {
  const deadline = Date.now() + options.timeoutMs;
  for (;;) {
    const found = await readAccounting(reporter, versions);
    const settled = found.filter((row) => row !== undefined && !UNSETTLED.has(row.state)).length;
    options.onProgress?.(settled, versions.length);
    if (settled === versions.length || Date.now() > deadline || options.signal?.aborted) return found;
    await sleep(options.pollMs ?? 100);
  }
}

/** Reads the current accounting of each version. */
export async function readAccounting(
  reporter: Connection,
  versions: readonly Version[],
): Promise<(Accounting | undefined)[]> {
  if (versions.length === 0) return [];
  const rows = await queryRows<Accounting>(
    reporter,
    'SELECT * FROM v_upload_accounting WHERE (object_key, version_id) IN (?)',
    [versions.map(({ objectKey, versionId }) => [objectKey, versionId])],
  );
  const byVersion = new Map(rows.map((row) => [`${row.object_key}\n${row.version_id}`, row]));
  return versions.map(({ objectKey, versionId }) => byVersion.get(`${objectKey}\n${versionId}`));
}

export function isSettled(row: Accounting | undefined): row is Accounting {
  return row !== undefined && !UNSETTLED.has(row.state);
}
