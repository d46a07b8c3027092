import { bigint, int, mysqlTable, primaryKey, text, varchar } from 'drizzle-orm/mysql-core';

/** Rows that broke their contract, kept so that someone can put them right. */
export const quarantinedRows = mysqlTable(
  'quarantined_rows',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
    /** The row as a spreadsheet shows it: the header is 1. */
    rowNo: int('row_no', { unsigned: true }).notNull(),
    /** The first column that is wrong; NULL: the whole row is. */
    columnName: varchar('column_name', { length: 64 }),
    /** What is wrong: the word that programs read. */
    code: varchar('code', { length: 32 }).notNull(),
    /** The same for people: what is wrong and what to do. */
    message: varchar('message', { length: 500 }).notNull(),
    /** The row as it stands in the file, cut by the job where it is very long. */
    rawText: text('raw_text').notNull(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
);
