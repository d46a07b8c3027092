/** `quarantine UPLOAD`: lists the quarantined rows of an upload, each with the reason. */

import { CommandError, EXIT } from '@centflow/command-line/exit';
import { print, printContent, printJson } from '@centflow/command-line/screen';
import { type Row, renderTable } from '@centflow/command-line/table';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import { readEnvironment } from '@centflow/local-stack/running-stack';
import { safeCell } from '@centflow/preview';
import type { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import type { Connection } from 'mysql2/promise';
import { type JsonOption, withJson } from './shared.ts';

interface QuarantineOptions extends JsonOption {
  readonly csv?: boolean;
  readonly limit?: string;
}

export function addQuarantine(program: Command): void {
  withJson(
    program
      .command('quarantine <upload>')
      .description(
        'list the quarantined rows of an upload; <upload> is the number of an upload, or an object key for its newest upload',
      )
      .option('--csv', 'print CSV; an apostrophe precedes cells that a spreadsheet would run as a formula')
      .option('--limit <n>', 'maximum number of rows'),
  ).action(quarantine);
}

async function quarantine(upload: string, options: QuarantineOptions): Promise<void> {
  const rows = await withConnection(readEnvironment().loaderUrl, async (loader) => {
    const uploadId = await findUpload(loader, upload);
    return queryRows(
      loader,
      `SELECT row_no, column_name, code, message, raw_text FROM quarantined_rows
       WHERE upload_id = ? ORDER BY row_no LIMIT ?`,
      [uploadId, Number(options.limit ?? Number.MAX_SAFE_INTEGER)],
    );
  });
  if (options.csv) printContent(toCsv(rows));
  else if (options.json) printJson(rows);
  else print(rows.length === 0 ? 'This upload has no quarantined rows.' : renderTable(rows));
}

const COLUMNS = ['row_no', 'column_name', 'code', 'message', 'raw_text'];

/**
 * Renders rows as CSV. Cells that a spreadsheet would run as a formula start with an apostrophe. The database stores
 * the
 * values as uploaded.
 */
export function toCsv(rows: readonly Row[]): string {
  return stringify([...rows], { header: true, columns: COLUMNS, cast: { string: safeCell } });
}

async function findUpload(loader: Connection, upload: string): Promise<number> {
  const [found] = /^\d+$/.test(upload)
    ? await queryRows<{ upload_id: number }>(loader, 'SELECT upload_id FROM uploads WHERE upload_id = ?', [upload])
    : await queryRows<{ upload_id: number }>(
        loader,
        'SELECT upload_id FROM uploads WHERE object_key = ? ORDER BY upload_id DESC LIMIT 1',
        [upload],
      );
  if (found === undefined) {
    throw new CommandError(
      `There is no upload ${upload}. \`npm run centflow -- uploads\` lists the uploads.`,
      EXIT.usage,
    );
  }
  return found.upload_id;
}
