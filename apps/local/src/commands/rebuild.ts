/** `rebuild --check`: loads `raw/` from nothing into a second database, and compares every report view with the first. */
import { randomBytes } from 'node:crypto';
import { setUpDatabase } from '@centflow/schema/set-up-database';
import { isLoopback, tlsFor } from '@centflow/schema/tls';
import type { Command } from 'commander';
import { escapeId } from 'mysql2';
import type { Connection } from 'mysql2/promise';
import { queryRows, withConnection } from '../database.ts';
import type { RunningStack } from '../environment.ts';
import { CommandError, EXIT } from '../exit.ts';
import { runSweep } from '../job-runs.ts';
import { print, printJson } from '../screen.ts';
import { type Row, renderTable } from '../table.ts';
import { viewNames } from './report.ts';
import { type JsonOption, withJson, withProgress, withStack } from './shared.ts';

interface RebuildOptions extends JsonOption {
  readonly check?: boolean;
}

/** What a comparison of one view found. */
export interface ViewComparison {
  readonly view: string;
  readonly rows: number;
  /** Rows that one side has more often, the first few: `surplus` is positive where the running database has it. */
  readonly differences: readonly Row[];
}

export function addRebuild(program: Command): void {
  withJson(
    program
      .command('rebuild')
      .description(
        'prove that the database is a function of the bucket: rebuild it aside and compare every report view',
      )
      .option('--check', 'compare and change nothing; there is no other way'),
  ).action(rebuild);
}

async function rebuild({ check, json }: RebuildOptions): Promise<void> {
  if (!check) throw new CommandError('Say `rebuild --check`: it compares, and changes nothing', EXIT.usage);
  const comparisons = await withStack((stack, { glue }) =>
    withProgress('Rebuilding the database from the bucket', json === true, (say) =>
      withSecondDatabase(stack, async (administrator, live, rebuilt) => {
        const end = await runSweep(glue, { '--database-name': rebuilt });
        if (end.state !== 'SUCCEEDED') {
          throw new CommandError(`The rebuilding job run ${end.jobRunId} ended ${end.state}: ${end.message}`);
        }
        const found: ViewComparison[] = [];
        for (const view of comparedViews) {
          say(`Comparing ${view}`);
          found.push(await compareView(administrator, view, live, rebuilt));
        }
        return found;
      }),
    ),
  );
  const different = comparisons.filter(({ differences }) => differences.length > 0);
  if (json) printJson({ equal: different.length === 0, views: comparisons });
  else report(comparisons);
  if (different.length > 0) process.exitCode = EXIT.differs;
}

/** An empty database beside the running one, which the same loader may write to; gone afterwards. */
async function withSecondDatabase<Result>(
  { adminUrl, loaderUrl }: RunningStack,
  work: (administrator: Connection, live: string, rebuilt: string) => Promise<Result>,
): Promise<Result> {
  const live = new URL(adminUrl).pathname.slice(1);
  const rebuilt = `${live}_rebuild`;
  const loader = new URL(loaderUrl);
  const accounts = {
    loader: decodeURIComponent(loader.username),
    migrator: 'rebuild_migrator',
    reporter: 'rebuild_reporter',
  };
  const passing = randomBytes(18).toString('base64url');
  return withConnection(adminUrl, async (administrator) => {
    const remove = async () => {
      await administrator.query('DROP DATABASE IF EXISTS ??', [rebuilt]);
      for (const user of [accounts.migrator, accounts.reporter]) {
        await administrator.query("DROP USER IF EXISTS ?@'%'", [user]);
      }
    };
    await remove();
    try {
      await setUpDatabase({
        administratorUrl: adminUrl,
        database: rebuilt,
        accounts,
        passwordOf: (role) => (role === 'loader' ? decodeURIComponent(loader.password) : passing),
        requireTls: !isLoopback(loader.hostname),
        ...tlsFor(loader.hostname),
      });
      return await work(administrator, live, rebuilt);
    } finally {
      await remove();
    }
  });
}

/** Numbers and times that belong to one history of loading, not to the bucket. */
const HISTORY = new Set([
  ...['upload_id', 'job_run_id', 'received_at', 'loading_at', 'loaded_at', 'published_at', 'updated_at'],
  'seconds_to_visible',
]);
const DIFFERENCES_SHOWN = 10;

/**
 * The views that the bucket decides. Reasons are counted over rejected uploads too, also those that a later version has
 * made forgotten, and by the month in which their events came.
 */
export const comparedViews = viewNames.filter((view) => view !== 'v_quarantine_by_reason');

/**
 * Compares a view of two databases as multisets of rows, inside the server.
 *
 * An upload's number is another one in each database: its object key and version stand for it. Of the uploads, only the
 * published ones are a matter of the bucket alone.
 */
export async function compareView(
  administrator: Connection,
  view: string,
  live: string,
  rebuilt: string,
): Promise<ViewComparison> {
  const columns = await queryRows<{ Field: string; Type: string }>(administrator, 'SHOW COLUMNS FROM ??.??', [
    live,
    view,
  ]);
  const compared = columns.filter(({ Field }) => !HISTORY.has(Field));
  const ofUpload = columns.some(({ Field }) => Field === 'upload_id');
  if (ofUpload) compared.unshift({ Field: 'of_key', Type: 'text' }, { Field: 'of_version', Type: 'text' });
  // Byte by byte: the views' collation would take some different texts for equal.
  const exact = compared.map(({ Field, Type }) => {
    const column = escapeId(Field);
    const text = Type.startsWith('binary') ? `hex(${column})` : column;
    return `CAST(${text} AS CHAR) COLLATE utf8mb4_0900_bin AS ${column}`;
  });
  const rowsOf = (database: string, side: number) =>
    `SELECT ${exact.join(', ')}, ${side} AS side FROM ${escapeId(database)}.${escapeId(view)}` +
    (ofUpload
      ? ' JOIN (SELECT upload_id, object_key AS of_key, version_id AS of_version' +
        ` FROM ${escapeId(database)}.v_upload_accounting WHERE state = 'published') AS published USING (upload_id)`
      : '');
  const keys = compared.map(({ Field }) => escapeId(Field)).join(', ');
  const differences = await queryRows(
    administrator,
    `SELECT sum(side) AS surplus, ${keys} FROM (${rowsOf(live, 1)} UNION ALL ${rowsOf(rebuilt, -1)}) AS sides
     GROUP BY ${keys} HAVING sum(side) <> 0 LIMIT ${DIFFERENCES_SHOWN}`,
  );
  const [count] = await queryRows<{ total: number }>(administrator, 'SELECT count(*) AS total FROM ??.??', [
    live,
    view,
  ]);
  return { view, rows: count?.total ?? 0, differences };
}

function report(comparisons: readonly ViewComparison[]): void {
  print(
    renderTable(
      comparisons.map(({ view, rows, differences }) => ({
        view,
        rows,
        result: differences.length === 0 ? 'equal' : 'DIFFERENT',
      })),
    ),
  );
  for (const { view, differences } of comparisons) {
    if (differences.length === 0) continue;
    print(`\n${view}: rows the running database has more often (surplus above 0) or the bucket has (below 0)`);
    print(renderTable(differences));
  }
  if (comparisons.every(({ differences }) => differences.length === 0)) {
    print('The database is what the bucket says: every report view is equal, row by row.');
  } else {
    print('\nThe database is not what the bucket says. `npm run centflow -- sweep` reconciles what events missed.');
  }
}
