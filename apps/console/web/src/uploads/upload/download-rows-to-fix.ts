import { parseRow } from '@centflow/preview';
import type { QuarantinedRow, Upload } from '../../../../api/contract/uploads.ts';
import { api, readAnswer } from '../../api/client.ts';
import { toCsvFile } from '../../shared/csv-file.ts';
import { saveFile } from '../../shared/save-file.ts';
import { getFileName } from '../shared/amounts.ts';

/** Saves all quarantined rows of an upload as a CSV file to edit in a spreadsheet program. */
export async function downloadRowsToFix(
  { uploadId, objectKey }: Pick<Upload, 'uploadId' | 'objectKey'>,
  header: readonly string[],
): Promise<void> {
  const rows: QuarantinedRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await readAnswer(
      api.uploads[':uploadId']['quarantined-rows'].$get({
        param: { uploadId: String(uploadId) },
        query: { limit: '200', ...(cursor === undefined ? {} : { cursor }) },
      }),
    );
    rows.push(...page.rows);
    cursor = page.next;
  } while (cursor !== undefined);
  const name = getFileName(objectKey)
    .replace(/^.*\//, '')
    .replace(/\.csv(\.gz)?$/i, '');
  saveFile(
    `${name} to fix.csv`,
    toCsvFile([
      ['row', 'problem', 'column', ...header],
      ...rows.map(({ rowNo, message, column, rawText }) => [
        String(rowNo),
        message,
        column ?? '',
        ...parseRow(rawText),
      ]),
    ]),
  );
}
