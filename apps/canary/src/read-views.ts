/** Reads the rows of one owner from the views, in one transaction. */
import { describeViews } from '@centflow/schema/view-columns';
import type { Connection, RowDataPacket } from 'mysql2/promise';

/** A row of a view. Decimals and times are strings, so that no amount becomes a float. */
export type Row = Readonly<Record<string, string | number | null>>;

export interface CanaryAnswer {
  /** Rows of `v_upload_accounting`, the newest first. */
  readonly uploads: readonly Row[];
  /** Rows of `v_monthly_cash_flow`, by month and currency. */
  readonly cashFlow: readonly Row[];
  /** The row count of each view, except the views about uploads. */
  readonly rows: Readonly<Record<string, number>>;
}

const ACCOUNTING = 'v_upload_accounting';
/**
 * Views that show all uploads, including deleted ones. The row counts exclude these views and must be 0 after a
 * deletion.
 */
const UPLOAD_VIEWS: readonly string[] = [ACCOUNTING, 'v_upload_progress'];
/** A check needs only the newest uploads, and Lambda limits a response to 6 MB. */
const MAX_UPLOADS = 500;

/** The views with an owner column, except those about uploads. A new view is included automatically. */
export const ownedViews: readonly string[] = describeViews()
  .filter(({ columns }) => columns.some(({ name }) => name === 'owner'))
  .map(({ name }) => name)
  .filter((name) => !UPLOAD_VIEWS.includes(name));

/** Reads the views in one transaction, so that an upload published meanwhile appears in all views or in none. */
export async function readViews(connection: Connection, owner: string): Promise<CanaryAnswer> {
  await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const rows = async (sql: string, ...values: (string | number)[]) => {
    const [found] = await connection.query<(Row & RowDataPacket)[]>(sql, values);
    return found;
  };
  const uploads = await rows(
    'SELECT * FROM ?? WHERE owner = ? ORDER BY upload_id DESC LIMIT ?',
    ...[ACCOUNTING, owner, MAX_UPLOADS],
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
