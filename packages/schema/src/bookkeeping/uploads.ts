import { type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  datetime,
  index,
  int,
  mysqlEnum,
  mysqlTable,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import { asciiText, digest, exactText, moneySum } from '../columns.ts';

/** `loading → published → superseded | retired`, or `rejected`, or `failed`. */
export const uploadStates = ['loading', 'published', 'superseded', 'retired', 'rejected', 'failed'] as const;
export type UploadState = (typeof uploadStates)[number];

/** A moment in UTC, to the microsecond. It is a string, because a JavaScript Date has only milliseconds. */
const moment = (name: string) => datetime(name, { mode: 'string', fsp: 6 });

/** Every version of every object under `raw/` that the job has processed, with its state and its row counts. */
export const uploads = mysqlTable(
  'uploads',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    /** The person whose money it is: the `owner=` folder of the key, or `default`. */
    owner: exactText('owner', { length: 64 }).notNull(),
    /** NULL if the key belongs to no feed. */
    feed: varchar('feed', { length: 64 }),

    objectKey: exactText('object_key', { length: 1024 }).notNull(),
    /** Replaces the key in the unique index, which is too narrow for a key of 1,024 characters. */
    objectKeySha256: digest('object_key_sha256', { length: 32 })
      .generatedAlwaysAs((): SQL => sql`unhex(sha2(\`object_key\`, 256))`, { mode: 'stored' })
      .notNull(),
    /** The object's version. For an object from before the bucket had versioning, S3 returns the word `null`. */
    versionId: asciiText('version_id', { length: 255 }).notNull(),
    etag: varchar('etag', { length: 64 }),
    /** As stored: the compressed size of a compressed object. */
    sizeBytes: bigint('size_bytes', { mode: 'number', unsigned: true }),
    /** S3's LastModified. If two uploads have different values for one row, the newest upload wins. */
    lastModified: moment('last_modified'),

    state: mysqlEnum('state', uploadStates).notNull(),

    /** Rows in the file, without the header. */
    rowsRead: int('rows_read', { unsigned: true }).notNull().default(0),
    /** Rows that the views show. */
    rowsPublished: int('rows_published', { unsigned: true }).notNull().default(0),
    /** Good rows that another published upload shows. */
    rowsDuplicate: int('rows_duplicate', { unsigned: true }).notNull().default(0),
    /** Rows that broke the contract. For a rejected upload, all rows. */
    rowsQuarantined: int('rows_quarantined', { unsigned: true }).notNull().default(0),
    /** Sums of the readable amounts of the rows counted above, over all currencies: a checksum, not money. */
    amountRead: moneySum('amount_read').notNull().default('0'),
    amountPublished: moneySum('amount_published').notNull().default('0'),
    amountDuplicate: moneySum('amount_duplicate').notNull().default('0'),
    amountQuarantined: moneySum('amount_quarantined').notNull().default('0'),

    /** First and last day of the good rows. A month counts as its first day. Only uploads with common days can overlap. */
    firstDate: date('first_date', { mode: 'string' }),
    lastDate: date('last_date', { mode: 'string' }),
    /** Whether some row has a transaction id. */
    hasTransactionIds: boolean('has_transaction_ids').notNull().default(false),
    /** Whether the feed's table may contain rows of this upload. */
    rowsStored: boolean('rows_stored').notNull().default(false),
    /** The contract that the upload was checked against. When the contract changes, a rejected upload is checked again. */
    contractSha256: asciiText('contract_sha256', { length: 64 }),

    /** Why the upload is rejected or failed, as a code for programs. */
    reasonCode: varchar('reason_code', { length: 64 }),
    /** Why the upload is rejected or failed, for people: what is wrong, where, and what to do. */
    reason: varchar('reason', { length: 1000 }),
    /** Notes for the owner of a good upload, such as ignored columns. */
    notes: varchar('notes', { length: 1000 }),
    /** The Glue job run that last loaded the upload or tried to. */
    jobRunId: varchar('job_run_id', { length: 255 }),

    /** The time of the S3 event for the object. Without an event, its LastModified. */
    receivedAt: moment('received_at').notNull(),
    loadingAt: moment('loading_at'),
    loadedAt: moment('loaded_at'),
    publishedAt: moment('published_at'),
    updatedAt: moment('updated_at').notNull(),
  },
  (upload) => [
    uniqueIndex('uploads_object_version').on(upload.objectKeySha256, upload.versionId),
    index('uploads_owner_feed_state').on(upload.owner, upload.feed, upload.state),
    index('uploads_state').on(upload.state),
    // At its end, a job run counts the uploads that it processed.
    index('uploads_job_run').on(upload.jobRunId),
    check('uploads_rows_accounted', sql.raw('`rows_read` = `rows_published` + `rows_duplicate` + `rows_quarantined`')),
    check(
      'uploads_amounts_accounted',
      sql.raw('`amount_read` = `amount_published` + `amount_duplicate` + `amount_quarantined`'),
    ),
  ],
);
