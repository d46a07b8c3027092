import { bigint, boolean, int, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';

/**
 * Rows for which a publication changes the flag `shadowed`. Outside the publication's transaction, the table is empty.
 */
export const shadowChanges = mysqlTable(
  'shadow_changes',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
    rowNo: int('row_no', { unsigned: true }).notNull(),
    /** The new value of the flag. */
    isShadowed: boolean('is_shadowed').notNull(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
);
