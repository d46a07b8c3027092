import { mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { exactText } from '../columns.ts';

/**
 * One row for each owner and feed. A publication locks its row with SELECT … FOR UPDATE, so the publications of an
 * owner and feed run one after another.
 */
export const publicationLocks = mysqlTable(
  'publication_locks',
  {
    owner: exactText('owner', { length: 64 }).notNull(),
    feed: varchar('feed', { length: 64 }).notNull(),
  },
  (lock) => [primaryKey({ columns: [lock.owner, lock.feed] })],
);
