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

/** The states of an upload: `loading → published → superseded | retired`, or `rejected`, or `failed`. */
export const uploadStates = ['loading', 'published', 'superseded', 'retired', 'rejected', 'failed'] as const;
export type UploadState = (typeof uploadStates)[number];

/** A time in UTC, to the microsecond. The value is a string, because a JavaScript Date has only milliseconds. */
const moment = (name: string) => datetime(name, { mode: 'string', fsp: 6 });

/** Every object version under `raw/` that the job has processed, with its state and its row counts. */
export const uploads = mysqlTable(
  'uploads',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).autoincrement().primaryKey(),
    /** The person whose money the upload contains: the key's folder `owner=`, or `default` without such a folder. */
    owner: exactText('owner', { length: 64 }).notNull(),
    /** NULL if the key is not in a feed's folder. */
    feed: varchar('feed', { length: 64 }),

    objectKey: exactText('object_key', { length: 1024 }).notNull(),
    /** Represents the key in the unique index. An index over a key of 1,024 characters would be too wide for MySQL. */
    objectKeySha256: digest('object_key_sha256', { length: 32 })
      .generatedAlwaysAs((): SQL => sql`unhex(sha2(\`object_key\`, 256))`, { mode: 'stored' })
      .notNull(),
    /**
     * The version id of the object. S3 returns the word `null` for an object that is older than the bucket's
     * versioning.
     */
    versionId: asciiText('version_id', { length: 255 }).notNull(),
    etag: varchar('etag', { length: 64 }),
    /** The size in S3. For a compressed object, this is the compressed size. */
    sizeBytes: bigint('size_bytes', { mode: 'number', unsigned: true }),
    /**
     * S3's LastModified. If two uploads have different values for the same row, the row of the newest upload counts.
     */
    lastModified: moment('last_modified'),

    state: mysqlEnum('state', uploadStates).notNull(),

    /** Rows in the file, without the header. */
    rowsRead: int('rows_read', { unsigned: true }).notNull().default(0),
    /** Rows that the views show. */
    rowsPublished: int('rows_published', { unsigned: true }).notNull().default(0),
    /** Good rows that are hidden, because another published upload shows them. */
    rowsDuplicate: int('rows_duplicate', { unsigned: true }).notNull().default(0),
    /** Rows that broke the contract. If the upload is rejected, all its rows. */
    rowsQuarantined: int('rows_quarantined', { unsigned: true }).notNull().default(0),
    /** The readable amounts of the rows above, added up over all currencies: a checksum, not money. */
    amountRead: moneySum('amount_read').notNull().default('0'),
    amountPublished: moneySum('amount_published').notNull().default('0'),
    amountDuplicate: moneySum('amount_duplicate').notNull().default('0'),
    amountQuarantined: moneySum('amount_quarantined').notNull().default('0'),

    /**
     * The first and the last day of the good rows. A month counts as its first day. Two uploads can only overlap if
     * they have days in common.
     */
    firstDate: date('first_date', { mode: 'string' }),
    lastDate: date('last_date', { mode: 'string' }),
    /** Whether at least one row has a transaction id. */
    hasTransactionIds: boolean('has_transaction_ids').notNull().default(false),
    /** Whether the feed's table may contain rows of this upload. */
    rowsStored: boolean('rows_stored').notNull().default(false),
    /**
     * Digest of the contract that the upload was checked against. When the contract changes, the job checks rejected
     * uploads again.
     */
    contractSha256: asciiText('contract_sha256', { length: 64 }),

    /** Why the upload is rejected or failed, as a code for programs. */
    reasonCode: varchar('reason_code', { length: 64 }),
    /** Why the upload is rejected or failed, for people: what is wrong, where, and what to do. */
    reason: varchar('reason', { length: 1000 }),
    /** Notes for the owner of a good upload, such as ignored columns. */
    notes: varchar('notes', { length: 1000 }),
    /** The last Glue job run that loaded the upload or tried to load it. */
    jobRunId: varchar('job_run_id', { length: 255 }),

    /** The time of the object's S3 event, or the object's LastModified if there was no event. */
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
    // When a job run ends, it counts the uploads that it processed.
    index('uploads_job_run').on(upload.jobRunId),
    check('uploads_rows_accounted', sql.raw('`rows_read` = `rows_published` + `rows_duplicate` + `rows_quarantined`')),
    check(
      'uploads_amounts_accounted',
      sql.raw('`amount_read` = `amount_published` + `amount_duplicate` + `amount_quarantined`'),
    ),
  ],
);
