import { mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { exactText } from '../columns.ts';

/** One row for each owner and feed: publications take turns on it with SELECT … FOR UPDATE. */
export const publicationLocks = mysqlTable(
  'publication_locks',
  {
    owner: exactText('owner', { length: 64 }).notNull(),
    feed: varchar('feed', { length: 64 }).notNull(),
  },
  (lock) => [primaryKey({ columns: [lock.owner, lock.feed] })],
);
