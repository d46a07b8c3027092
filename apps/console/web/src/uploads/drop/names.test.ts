import fc from 'fast-check';
import { expect, test } from 'vitest';
import { collectDroppedFiles, explainSkip } from './dropped-files.ts';
import { buildFeedFileName, findFreeName, findNameProblem, proposeName } from './object-name.ts';

test.each(['a.csv', 'A.CSV', 'b.csv.gz', 'umsatz.txt', 'export.tsv'])('%s is looked at', (name) => {
  expect(explainSkip(name)).toBeNull();
});

test.each([
  ['2025.xlsx', /save it as “CSV UTF-8”/],
  ['all.zip', /Unpack/],
  ['statement.pdf', /CSV export/],
  ['notes', /\.csv/],
])('%s is left out with what to do', (name, words) => {
  expect(explainSkip(name)).toMatch(words);
});

test('a proposed name is one that can be sent, whatever the file was called', () => {
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

test('folders and invisible characters are taken out of a name', () => {
  expect(proposeName('a/b\\c\u202e.csv')).toBe('a b c.csv');
});

test('a bank’s export is sent under the name of the feed that was made of it', () => {
  expect(buildFeedFileName('Umsätze Juni.CSV', 'expenses')).toBe('Umsätze Juni-expenses.csv');
});

test('a name that is taken gets the next free number', () => {
  expect(findFreeName('a.csv', new Set())).toBe('a (2).csv');
  expect(findFreeName('a (2).csv.gz', new Set(['a (2).csv.gz', 'a (3).csv.gz']))).toBe('a (4).csv.gz');
});

test('a name in a folder is fine only for an object that stands there', () => {
  expect(findNameProblem('trips/kyoto.csv')).toMatch(/cannot have/);
  expect(findNameProblem('trips/kyoto.csv', true)).toBeNull();
});

test('a folder that is dropped is skipped with a word, and the files beside it are taken', () => {
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
  expect(skipped).toEqual([{ name: 'statements', reason: 'This is a folder. Open it and drop the files inside.' }]);
});
