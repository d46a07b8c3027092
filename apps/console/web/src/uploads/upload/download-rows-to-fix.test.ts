import { expect, test, vi } from 'vitest';
import { downloadRowsToFix } from './download-rows-to-fix.ts';

const { saveFile, getRows } = vi.hoisted(() => ({
  saveFile: vi.fn<(name: string, content: Blob) => void>(),
  getRows: vi.fn(),
}));
vi.mock('../../shared/save-file.ts', () => ({ saveFile }));
vi.mock('../../api/client.ts', () => ({
  readAnswer: (pending: Promise<unknown>) => pending,
  api: { uploads: { ':uploadId': { 'quarantined-rows': { $get: getRows } } } },
}));

const row = (rowNo: number, rawText: string) => ({
  rowNo,
  column: 'date',
  code: 'bad_date',
  message: 'No day.',
  rawText,
});

test('downloadRowsToFix saves the rows of all pages with a byte order mark for Excel', async () => {
  getRows.mockResolvedValueOnce({ rows: [row(4, '2025-13-01,Bäckerei Süß')], next: 'second page' });
  getRows.mockResolvedValueOnce({ rows: [row(9, '2025-13-02,=cmd()')] });
  await downloadRowsToFix({ uploadId: 7, objectKey: 'raw/expenses/owner=ada/trips/wien.csv.gz' }, ['date', 'merchant']);
  const [name, content] = saveFile.mock.calls[0] ?? [];
  expect(name).toBe('wien to fix.csv');
  const bytes = new Uint8Array((await content?.arrayBuffer()) ?? new ArrayBuffer());
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(new TextDecoder().decode(bytes).split('\r\n')).toEqual([
    'row,problem,column,date,merchant',
    '4,No day.,date,2025-13-01,Bäckerei Süß',
    `9,No day.,date,2025-13-02,'=cmd()`,
    '',
  ]);
});
