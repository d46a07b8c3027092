/** `uploads`: lists the uploads with their state and row counts. */

import { print, printJson } from '@centflow/command-line/screen';
import { renderTable } from '@centflow/command-line/table';
import { PROBE_OWNER } from '@centflow/console/probe-owner';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import type { Accounting } from '@centflow/local-stack/follow';
import { readEnvironment } from '@centflow/local-stack/running-stack';
import type { Command } from 'commander';
import { accountingRow, type JsonOption, withJson } from './shared.ts';

interface UploadsOptions extends JsonOption {
  readonly owner?: string;
  readonly state?: string;
  readonly limit: string;
}

export function addUploads(program: Command): void {
  withJson(
    program
      .command('uploads')
      .description('list the uploads, newest first, with their state and row counts')
      .option('--owner <name>', 'only uploads of this owner')
      .option(
        '--state <state>',
        'only uploads in this state: loading, published, superseded, retired, rejected, failed',
      )
      .option('--limit <n>', 'maximum number of uploads', '50'),
  ).action(uploads);
}

async function uploads(options: UploadsOptions): Promise<void> {
  const conditions = ['owner <> ?'];
  const values: unknown[] = [PROBE_OWNER];
  for (const name of ['owner', 'state'] as const) {
    if (options[name] === undefined) continue;
    conditions.push(`${name} = ?`);
    values.push(options[name]);
  }
  const rows = await withConnection(readEnvironment().databaseUrl, (reporter) =>
    queryRows<Accounting>(
      reporter,
      `SELECT * FROM v_upload_accounting WHERE ${conditions.join(' AND ')} ORDER BY upload_id DESC LIMIT ?`,
      [...values, Number(options.limit)],
    ),
  );
  if (options.json) {
    printJson(rows);
    return;
  }
  print(renderTable(rows.map(accountingRow)));
  for (const row of rows) if (row.reason !== null) print(`${row.upload_id} ${row.state}: ${row.reason}`);
}
