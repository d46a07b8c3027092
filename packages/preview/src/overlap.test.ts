import { expect, test } from 'vitest';
import { contractOf } from '../test/job.ts';
import { csvOf, expense } from '../test/statements.ts';
import { duplicatesOf } from './overlap.ts';
import { previewCsv } from './preview.ts';

test('duplicatesOf counts a row as often as the file and the other upload both contain it', async () => {
  const rows = [expense(), expense({ amount: '4' }), expense(), expense(), expense({ amount: '5' })];
  const preview = await previewCsv(csvOf(rows), contractOf('expenses'), { name: 'a.csv' });
  expect([...preview.fingerprints.counts]).toEqual([3, 1, 1]);
  expect(duplicatesOf(preview, [])).toEqual({ rows: 0 });
  expect(duplicatesOf(preview, [[0, 2]])).toEqual({ rows: 2 });
  expect(
    duplicatesOf(preview, [
      [0, 7],
      [2, 1],
    ]),
  ).toEqual({ rows: 4 });
});
