import { bigint, int, mysqlTable, primaryKey, text, varchar } from 'drizzle-orm/mysql-core';

/** Rows that broke their contract, kept so that a person can fix them. */
export const quarantinedRows = mysqlTable(
  'quarantined_rows',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
    /** The row number as a spreadsheet shows it. The header is row 1. */
    rowNo: int('row_no', { unsigned: true }).notNull(),
    /** The first column with a problem. NULL if the whole row is wrong. */
    columnName: varchar('column_name', { length: 64 }),
    /** What is wrong, as a code for programs. */
    code: varchar('code', { length: 32 }).notNull(),
    /** What is wrong and what to do, for people. */
    message: varchar('message', { length: 500 }).notNull(),
    /** The text of the row in the file. The job truncates very long rows. */
    rawText: text('raw_text').notNull(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
);
