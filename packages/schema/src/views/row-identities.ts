import { type SQL, sql } from 'drizzle-orm';
import { bigint, date, mysqlView, varchar } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { digest, exactText } from '../columns.ts';
import { columnType } from '../contract/column-type.ts';
import type { Feed } from '../define-feed.ts';
import { defineView } from '../define-view.ts';
import { feeds } from '../generated/feeds.ts';
import { isPublished } from '../view-expressions.ts';

/**
 * Each good row of a published upload, of every feed. Rows that another upload shows are included.
 *
 * A row is identified by its fingerprint and its occurrence number within the upload (docs/adr/0004). The view is written
 * in SQL because Drizzle nests unions of more than two selects, which MySQL supports only since 8.0.31.
 */
export const rowIdentities = mysqlView('v_row_identities', {
  owner: exactText('owner', { length: 64 }).notNull(),
  feed: varchar('feed', { length: 64 }).notNull(),
  upload_id: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
  /** The row's day. A month counts as its first day. */
  row_date: date('row_date', { mode: 'string' }).notNull(),
  /** Digest of what identifies the row, without its occurrence number. */
  fingerprint: digest('fingerprint', { length: 16 }).notNull(),
})
  .sqlSecurity('definer')
  .as(sql.join(Object.values(feeds).map(selectIdentities), sql` union all `));

function selectIdentities({ table, headers, period }: Feed): SQL {
  const column = headers.find(({ header }) => header === period)?.column;
  if (column === undefined) throw new TypeError(`The period ${period} is not a header of the feed.`);
  const day = columnType(column).type === 'date' ? sql`${column}` : sql`cast(concat(${column}, '-01') as date)`;
  return sql`select straight_join ${uploads.owner} as \`owner\`, ${uploads.feed} as \`feed\`, ${uploads.uploadId} as \`upload_id\`, ${day} as \`row_date\`, ${table.fingerprint} as \`fingerprint\` from ${uploads} inner join ${table} force index (primary) on ${isPublished(table)}`;
}

export default defineView(rowIdentities, {
  question: 'Which rows has the owner already uploaded?',
  audience: 'programs',
});
