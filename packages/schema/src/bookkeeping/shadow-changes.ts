import { bigint, boolean, int, mysqlTable, primaryKey } from 'drizzle-orm/mysql-core';

/** Rows whose flag `shadowed` a publication is changing; empty outside of its transaction. */
export const shadowChanges = mysqlTable(
  'shadow_changes',
  {
    uploadId: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
    rowNo: int('row_no', { unsigned: true }).notNull(),
    /** What the flag becomes. */
    isShadowed: boolean('is_shadowed').notNull(),
  },
  (row) => [primaryKey({ columns: [row.uploadId, row.rowNo] })],
);
