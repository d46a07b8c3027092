/** Random files with good and bad rows in all notations. Some of the files have random changes of their bytes. */

import fc from 'fast-check';
import { gzipSync } from 'fflate';
import { csvRow } from '../src/csv-row.ts';
import type { CorpusFile } from './corpus.ts';
import { BUDGET_HEADER, bytesOf, expense, HEADER, latin1Of } from './statements.ts';

/** Any character. Invisible characters and characters that look alike are more frequent. */
const character = fc
  .constantFrom(
    ...[
      [0x00, 0x24f],
      [0x2b0, 0x36f],
      [0x600, 0x6ff],
      [0x2000, 0x206f],
      [0x2600, 0x26ff],
      [0x3000, 0x303f],
    ],
    ...[
      [0xe000, 0xe010],
      [0xfe00, 0xfe0f],
      [0xfeff, 0xfeff],
      [0xfff0, 0xffff],
      [0x1d170, 0x1d180],
      [0x1f600, 0x1f64f],
    ],
    ...[
      [0xe0000, 0xe01ef],
      [0x00, 0xd7ff],
      [0xe000, 0xffff],
      [0x10000, 0x10ffff],
    ],
  )
  .chain(([first = 0, last = 0]) => fc.integer({ min: first, max: last }))
  .map((code) => String.fromCodePoint(code));

const someText = fc.string({ unit: character, maxLength: 12 });
const special = fc
  .array(
    fc.constantFrom(
      '',
      '"',
      ',',
      '\n',
      '\r',
      '\r\n',
      '""',
      '\0',
      '\\',
      'é',
      '☕',
      '😀',
      ' ',
      'x',
      "'",
      ';',
      'long enough',
    ),
    {
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''));
const number = fc
  .tuple(
    fc.constantFrom('', '', '', '-', '+', ' ', '('),
    fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 17 }),
    fc.constantFrom('.', '.', '.', ',', '', "'", 'e', ' '),
    fc.string({ unit: fc.constantFrom(...'0012345'), maxLength: 6 }),
    fc.constantFrom('', '', '', '', ' ', '€', ')', '000'),
  )
  .map((parts) => parts.join(''));
const amount = fc.oneof(
  { arbitrary: fc.integer({ min: -10_000_000, max: 10_000_000 }).map((cents) => (cents / 100).toFixed(2)), weight: 6 },
  { arbitrary: number, weight: 3 },
  { arbitrary: someText, weight: 1 },
);
const day = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
  .map(([year, month, date]) => [
    String(year).padStart(4, '0'),
    String(month).padStart(2, '0'),
    String(date).padStart(2, '0'),
  ]);
const date = fc.oneof(
  {
    arbitrary: fc
      .integer({ min: 0, max: 900 })
      .map((days) => new Date(1.7e12 + days * 864e5).toISOString().slice(0, 10)),
    weight: 6,
  },
  { arbitrary: day.map((parts) => parts.join('-')), weight: 2 },
  {
    arbitrary: fc.tuple(day, fc.constantFrom('/', '.', '-', '')).map(([parts, mark]) => parts.toReversed().join(mark)),
    weight: 1,
  },
  { arbitrary: someText, weight: 1 },
);
const currency = fc.oneof(
  { arbitrary: fc.constantFrom('EUR', 'USD', 'JPY', 'KWD'), weight: 8 },
  { arbitrary: fc.constantFrom('eur', '€', 'XXX', '', 'EURO', 'EU'), weight: 1 },
);
const word = fc.oneof(
  { arbitrary: fc.constantFrom('Food', 'Café', 'Bar, Grill', ''), weight: 4 },
  { arbitrary: someText, weight: 2 },
  { arbitrary: special, weight: 2 },
);
const country = fc.constantFrom('AT', 'DE', '', 'UK', 'at', 'Austria', ' el');

const cellOf = (header: string): fc.Arbitrary<string> => {
  if (header === 'date') return date;
  if (header === 'month')
    return fc.oneof(
      date.map((text) => text.slice(0, 7)),
      someText,
    );
  if (header === 'amount') return amount;
  if (header === 'currency') return currency;
  return header === 'country' ? country : word;
};

/** Writes one cell as CSV: by RFC 4180, with unnecessary quotes, or without quotes even if they are needed. */
const written = (cell: string): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: fc.constant(csvRow([cell, '']).slice(0, -1)), weight: 16 },
    { arbitrary: fc.constant(`"${cell.replaceAll('"', '""')}"`), weight: 3 },
    { arbitrary: fc.constant(cell), weight: 1 },
    { arbitrary: fc.constant(`"${cell.replaceAll('"', '""')}" x"`), weight: 1 },
  );

const rowOf = (header: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    {
      arbitrary: fc.tuple(...header.map((name) => cellOf(name).chain(written))).map((cells) => cells.join(',')),
      weight: 12,
    },
    { arbitrary: fc.constant(expense().slice(0, header.length).join(',')), weight: 12 },
    { arbitrary: fc.constantFrom('', ','.repeat(header.length - 1), ' ', '""', 'a,b', `${LINE},more`), weight: 1 },
  );
const LINE = expense().join(',');

const header = fc
  .tuple(
    fc.constantFrom([...HEADER], [...HEADER], [...BUDGET_HEADER]),
    fc.subarray(['country', 'city', 'transaction_id', 'Notes', '', ' Saldo ']),
    fc.boolean(),
  )
  .chain(([required, more, shuffled]) => {
    const names = [...required, ...(required.length > 4 ? more : more.slice(0, 1))];
    return shuffled ? fc.shuffledSubarray(names, { minLength: names.length }) : fc.constant(names);
  });

/** Inserts or removes bytes anywhere. */
const mangle = fc.array(
  fc.tuple(
    fc.nat(),
    fc.constantFrom(...[...',"\n\r\0=;'].map((mark) => [mark.charCodeAt(0)]), [0xff], [0xc3], [0xc3, 0xa9], [0x80], []),
  ),
  { maxLength: 4 },
);

function mangled(body: Uint8Array, changes: readonly (readonly [number, readonly number[]])[]): Uint8Array {
  let bytes = [...body];
  for (const [place, inserted] of changes) {
    const at = place % (bytes.length + 1);
    bytes = [...bytes.slice(0, at), ...inserted, ...bytes.slice(inserted.length === 0 ? at + 1 : at)];
  }
  return Uint8Array.from(bytes);
}

const file: fc.Arbitrary<CorpusFile> = header.chain((names) =>
  fc
    .record({
      upper: fc.boolean(),
      before: fc.constantFrom('', '', '', '\n', ',,\n', '\ufeff'),
      rows: fc.array(rowOf(names), { maxLength: 25 }),
      lineEnds: fc.constantFrom(['\n'], ['\r\n'], ['\r'], ['\n', '\r\n', '\r', '\n\n']),
      final: fc.boolean(),
      latin1: fc.integer({ min: 0, max: 20 }).map((chance) => chance === 0),
      changes: fc.option(mangle, { freq: 2 }),
      gzip: fc.integer({ min: 0, max: 8 }).map((chance) => chance === 0),
    })
    .map(({ upper, before, rows, lineEnds, final, latin1, changes, gzip }) => {
      const lines = [names.map((name) => (upper ? name.toUpperCase() : name)).join(','), ...rows];
      const end = (index: number): string =>
        index === lines.length - 1 && !final ? '' : (lineEnds[index % lineEnds.length] ?? '\n');
      const text = before + lines.map((line, index) => line + end(index)).join('');
      const bytes = mangled(latin1 ? latin1Of(text) : bytesOf(text), changes ?? []);
      return {
        name: `generated ${JSON.stringify(text).slice(0, 200)}`,
        bytes: gzip ? gzipSync(bytes) : bytes,
        feed: names.includes('month') ? 'budgets' : 'expenses',
        extension: gzip ? 'csv.gz' : 'csv',
      };
    }),
);

/** Returns the same files for every run with the same seed. */
export function generatedFiles(count: number): CorpusFile[] {
  return fc.sample(file, { numRuns: count, seed: Number(process.env.FAST_CHECK_SEED ?? 1) });
}
