// Generated from packages/schema/src/bookkeeping/*.ts by `npm run generate`; do not edit.
import { publicationLocks } from '../bookkeeping/publication-locks.ts';
import { quarantinedRows } from '../bookkeeping/quarantined-rows.ts';
import { shadowChanges } from '../bookkeeping/shadow-changes.ts';
import { uploadSummaries } from '../bookkeeping/upload-summaries.ts';
import { uploads } from '../bookkeeping/uploads.ts';

export * from '../bookkeeping/publication-locks.ts';
export * from '../bookkeeping/quarantined-rows.ts';
export * from '../bookkeeping/shadow-changes.ts';
export * from '../bookkeeping/upload-summaries.ts';
export * from '../bookkeeping/uploads.ts';

/** Every table in which the job keeps track of uploads. */
export const bookkeepingTables = [publicationLocks, quarantinedRows, shadowChanges, uploadSummaries, uploads] as const;
