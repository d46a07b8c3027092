/** `report VIEW`: prints a report view, as a MySQL client would show it. */

import { CommandError, EXIT } from '@centflow/command-line/exit';
import { print, printJson } from '@centflow/command-line/screen';
import { type Row, renderTable } from '@centflow/command-line/table';
import { PROBE_OWNER } from '@centflow/console/probe-owner';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import { readEnvironment } from '@centflow/local-stack/running-stack';
import { views } from '@centflow/schema/views';
import type { Command } from 'commander';
import { getViewConfig } from 'drizzle-orm/mysql-core';
import { type JsonOption, withJson } from './shared.ts';

export const viewNames: readonly string[] = views.map((view) => getViewConfig(view).name).sort();

/** The views that show money. All other views are about files. */
export const moneyViewNames: readonly string[] = views
  .map(getViewConfig)
  .filter(({ selectedFields }) => 'currency' in selectedFields)
  .map(({ name }) => name)
  .sort();

const ownedViewNames: ReadonlySet<string> = new Set(
  views
    .map(getViewConfig)
    .filter(({ selectedFields }) => 'owner' in selectedFields)
    .map(({ name }) => name),
);

interface ReportOptions extends JsonOption {
  readonly owner?: string;
  readonly limit: string;
}

export function addReport(program: Command): void {
  withJson(
    program
      .command('report <view>')
      .description(`print a report view: ${viewNames.join(', ')}`)
      .option('--owner <name>', 'only rows of this owner')
      .option('--limit <n>', 'maximum number of rows', '40'),
  ).action(report);
}

async function report(name: string, options: ReportOptions): Promise<void> {
  const view = name.startsWith('v_') ? name : `v_${name}`;
  if (!viewNames.includes(view)) {
    throw new CommandError(`The view ${name} does not exist. Choose one of: ${viewNames.join(', ')}`, EXIT.usage);
  }
  const rows = await readView(readEnvironment().databaseUrl, view, Number(options.limit), options.owner);
  if (options.json) printJson(rows);
  else print(rows.length === 0 ? 'No rows.' : renderTable(rows));
}

/** Returns the SQL condition that excludes the test files of `doctor`. */
function withoutProbes(view: string): string {
  return ownedViewNames.has(view) ? `WHERE owner <> '${PROBE_OWNER}'` : '';
}

/** Returns the first rows of a view, sorted by its first four columns. */
export async function readView(databaseUrl: string, view: string, limit: number, owner?: string): Promise<Row[]> {
  return withConnection(databaseUrl, (reporter) =>
    owner === undefined
      ? queryRows(reporter, `SELECT * FROM ?? ${withoutProbes(view)} ORDER BY 1, 2, 3, 4 LIMIT ?`, [view, limit])
      : queryRows(reporter, 'SELECT * FROM ?? WHERE owner = ? ORDER BY 1, 2, 3, 4 LIMIT ?', [view, owner, limit]),
  );
}
