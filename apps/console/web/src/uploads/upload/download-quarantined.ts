import { parseRow, toSafeCsv } from '@centflow/preview';
import type { QuarantinedRow, Upload } from '../../../../api/contract/uploads.ts';
import { answerOf, api } from '../../api/client.ts';
import { nameOfKey } from '../shared/amounts.ts';
import { saveAs } from '../shared/save-as.ts';

/** Saves all quarantined rows of an upload as a CSV that no spreadsheet program takes for formulas. */
export async function downloadQuarantined(
  { uploadId, objectKey }: Pick<Upload, 'uploadId' | 'objectKey'>,
  header: readonly string[],
): Promise<void> {
  const rows: QuarantinedRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await answerOf(
      api.uploads[':uploadId']['quarantined-rows'].$get({
        param: { uploadId: String(uploadId) },
        query: { limit: '200', ...(cursor === undefined ? {} : { cursor }) },
      }),
    );
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
  const table = [
    ['row', 'problem', 'column', ...header],
    ...rows.map(({ rowNo, message, column, rawText }) => [String(rowNo), message, column ?? '', ...parseRow(rawText)]),
  ];
  const name = nameOfKey(objectKey)
    .replace(/^.*\//, '')
    .replace(/\.csv(\.gz)?$/i, '');
  saveAs(new Blob([toSafeCsv(table)], { type: 'text/csv;charset=utf-8' }), `${name} to fix.csv`);
}
