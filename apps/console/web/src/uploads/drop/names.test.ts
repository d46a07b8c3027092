import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectDroppedFiles, explainSkip } from './dropped-files.ts';
import { buildFeedFileName, findFreeName, findNameProblem, proposeName } from './object-name.ts';

test.each(['a.csv', 'A.CSV', 'b.csv.gz', 'umsatz.txt', 'export.tsv'])('explainSkip accepts %s', (name) => {
  expect(explainSkip(name)).toBeNull();
});

test.each([
  ['2025.xlsx', /save it as “CSV UTF-8”/],
  ['all.zip', /Unpack/],
  ['statement.pdf', /CSV export/],
  ['notes', /\.csv/],
])('explainSkip explains what to do with %s', (name, words) => {
  expect(explainSkip(name)).toMatch(words);
});

test('proposeName returns a valid name for any file name', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constantFrom('.csv', '.CSV', '.csv.gz', '.txt', '.tsv'),
      (stem, ending) => {
        expect(findNameProblem(proposeName(`${stem}${ending}`))).toBeNull();
      },
    ),
  );
});

test('proposeName removes folders and invisible characters', () => {
  expect(proposeName('a/b\\c\u202e.csv')).toBe('a b c.csv');
});

test('buildFeedFileName adds the feed to the name of the export', () => {
  expect(buildFeedFileName('Umsätze Juni.CSV', 'expenses')).toBe('Umsätze Juni-expenses.csv');
});

test('findFreeName adds the next free number', () => {
  expect(findFreeName('a.csv', new Set())).toBe('a (2).csv');
  expect(findFreeName('a (2).csv.gz', new Set(['a (2).csv.gz', 'a (3).csv.gz']))).toBe('a (4).csv.gz');
});

test('findNameProblem accepts a folder in a name only if the object already exists', () => {
  expect(findNameProblem('trips/kyoto.csv')).toMatch(/cannot contain/);
  expect(findNameProblem('trips/kyoto.csv', true)).toBeNull();
});

test('collectDroppedFiles skips a folder with a reason and returns the other dropped files', () => {
  const file = new File(['a'], 'may.csv');
  const item = (entry: { isDirectory: boolean; name: string }, given: File | null) => ({
    kind: 'file',
    webkitGetAsEntry: () => entry,
    getAsFile: () => given,
  });
  const items = [
    item({ isDirectory: true, name: 'statements' }, new File([], 'statements')),
    item({ isDirectory: false, name: 'may.csv' }, file),
    { kind: 'string' },
  ];
  const { files, skipped } = collectDroppedFiles({ items } as unknown as DataTransfer);
  expect(files).toEqual([file]);
  expect(skipped).toEqual([
    { name: 'statements', reason: 'This is a folder. Open the folder and drop the files inside.' },
  ]);
});
