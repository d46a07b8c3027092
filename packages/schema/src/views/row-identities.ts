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
 * Lists the good rows of published uploads in all feeds. Rows that another upload shows are included.
 *
 * The fingerprint and the occurrence number within the upload identify a row (docs/adr/0004).
 *
 * The view is written as SQL text, because Drizzle nests unions of more than two selects. MySQL supports nested unions
 * only since 8.0.31.
 */
export const rowIdentities = mysqlView('v_row_identities', {
  owner: exactText('owner', { length: 64 }).notNull(),
  feed: varchar('feed', { length: 64 }).notNull(),
  upload_id: bigint('upload_id', { mode: 'number', unsigned: true }).notNull(),
  /** The day of the row. A month counts as its first day. */
  row_date: date('row_date', { mode: 'string' }).notNull(),
  /** Digest of the row's transaction id or natural key. Identical rows have the same fingerprint. */
  fingerprint: digest('fingerprint', { length: 16 }).notNull(),
})
  .sqlSecurity('definer')
  .as(sql.join(Object.values(feeds).map(selectIdentities), sql` union all `));

function selectIdentities({ table, headers, period }: Feed): SQL {
  const column = headers.find(({ header }) => header === period)?.column;
  if (column === undefined) throw new TypeError(`The feed has no header ${period}, which it names as its period.`);
  const day = columnType(column).type === 'date' ? sql`${column}` : sql`cast(concat(${column}, '-01') as date)`;
  return sql`select straight_join ${uploads.owner} as \`owner\`, ${uploads.feed} as \`feed\`, ${uploads.uploadId} as \`upload_id\`, ${day} as \`row_date\`, ${table.fingerprint} as \`fingerprint\` from ${uploads} inner join ${table} force index (primary) on ${isPublished(table)}`;
}

export default defineView(rowIdentities, {
  question: 'Which rows has the owner already uploaded?',
  audience: 'programs',
});
