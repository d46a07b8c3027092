/** What the views show of one owner, all at one moment. */
import { describeViews } from '@centflow/schema/view-columns';
import type { Connection, RowDataPacket } from 'mysql2/promise';

/** A row as MySQL writes it: decimals and times are text, so that no amount becomes a float. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface CanaryAnswer {
  /** Rows of `v_upload_accounting`, the newest first. */
  readonly uploads: readonly Row[];
  /** Rows of `v_monthly_cash_flow`, by month and currency. */
  readonly cashFlow: readonly Row[];
  /** Of every view but those that tell of uploads: how many rows it shows. */
  readonly rows: Readonly<Record<string, number>>;
}

const ACCOUNTING = 'v_upload_accounting';
/** They tell of every upload there ever was, so that their rows are no trace of what was deleted. */
const BOOKS: readonly string[] = [ACCOUNTING, 'v_upload_progress'];
/** What the canary is still asked about is among the newest; and an answer may have no more than 6 MB. */
const UPLOADS_AT_MOST = 500;

/** The views that tell whose each row is; a new one is among them by itself. */
export const ownedViews: readonly string[] = describeViews()
  .filter(({ columns }) => columns.some(({ name }) => name === 'owner'))
  .map(({ name }) => name)
  .filter((name) => !BOOKS.includes(name));

/** Reads what is asked for in one transaction: an upload that is published meanwhile is seen in all views or in none. */
export async function readViews(connection: Connection, owner: string): Promise<CanaryAnswer> {
  await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const rows = async (sql: string, ...values: (string | number)[]) => {
    const [found] = await connection.query<(Row & RowDataPacket)[]>(sql, values);
    return found;
  };
  const uploads = await rows(
    'SELECT * FROM ?? WHERE owner = ? ORDER BY upload_id DESC LIMIT ?',
    ...[ACCOUNTING, owner, UPLOADS_AT_MOST],
  );
  const cashFlow = await rows('SELECT * FROM v_monthly_cash_flow WHERE owner = ? ORDER BY month, currency', owner);
  const counts: [string, number][] = [];
  for (const view of ownedViews) {
    const [counted] = await rows('SELECT count(*) AS shown FROM ?? WHERE owner = ?', view, owner);
    counts.push([view, Number(counted?.shown)]);
  }
  await connection.query('COMMIT');
  return { uploads, cashFlow, rows: Object.fromEntries(counts) };
}
