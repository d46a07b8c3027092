import { type SQL, sql } from 'drizzle-orm';
import { bigint, date, mysqlView, varchar } from 'drizzle-orm/mysql-core';
import { uploads } from '../bookkeeping/uploads.ts';
import { digest, exactText } from '../columns.ts';
import { columnType } from '../contract/column-type.ts';
import type { Feed } from '../define-feed.ts';
import { feeds } from '../generated/feeds.ts';
import { isPublished } from '../view-expressions.ts';

/**
 * Which rows are there already? Of every feed, each good row of a published upload, also where another upload shows it.
 *
 * A row's identity is its fingerprint and how often its upload has had it before (docs/adr/0004). Said in SQL, for Drizzle nests
 * a union of more than two selects, which MySQL knows from 8.0.31 on only.
 */
export const rowIdentities = mysqlView('v_row_identities', {
  owner: exactText('owner', { length: 64 }).notNull(),
  feed: varchar('feed', { length: 64 }).notNull(),
  upload_id: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
  /** The day of the row; a month counts as its first day. */
  row_date: date('row_date', { mode: 'string' }).notNull(),
  /** Digest of what identifies the row but for its occurrence number. */
  fingerprint: digest('fingerprint', { length: 16 }).notNull(),
})
  .sqlSecurity('definer')
  .as(sql.join(Object.values(feeds).map(identitiesOf), sql` union all `));

function identitiesOf({ table, headers, period }: Feed): SQL {
  const column = headers.find(({ header }) => header === period)?.column;
  if (column === undefined) throw new TypeError(`The period ${period} is no header.`);
  const day = columnType(column).type === 'date' ? sql`${column}` : sql`cast(concat(${column}, '-01') as date)`;
  return sql`select straight_join ${uploads.owner} as \`owner\`, ${uploads.feed} as \`feed\`, ${uploads.uploadId} as \`upload_id\`, ${day} as \`row_date\`, ${table.fingerprint} as \`fingerprint\` from ${uploads} inner join ${table} force index (primary) on ${isPublished(table)}`;
}
