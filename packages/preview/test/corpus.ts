/**
 * Files as users create them. They repeat, as data, the cases of glue's tests for bad input, reading and validating.
 */
import { gzipSync, zlibSync } from 'fflate';
import { concatBytes } from '../src/bytes.ts';
import { BUDGET_HEADER, bytesOf, csvOf, expense, HEADER, latin1Of } from './statements.ts';

export interface CorpusFile {
  /** What is special about this file. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly feed?: string;
  readonly extension?: string;
}

const HEAD = HEADER.join(',');
const LINE = expense().join(',');
const BOM = new Uint8Array([0xef, 0xbb, 0xbf]);
/** Enough good rows to outnumber a few bad ones. */
const GOOD = [1, 2, 3, 4].map((number) => expense({ amount: `${number}.00` }));
const GZ = 'csv.gz';

const oneBad = (cells: Readonly<Record<string, string>>): CorpusFile => ({
  name: `one bad row: ${JSON.stringify(cells).slice(0, 60)}`,
  bytes: csvOf([...GOOD, expense(cells)]),
});
const budget = (...cells: string[]): CorpusFile => ({
  name: `budget ${cells.join(' ')}`,
  feed: 'budgets',
  bytes: csvOf([['2025-01', 'Food', '1', 'EUR'], cells], { header: BUDGET_HEADER }),
});
const text = (name: string, body: string): CorpusFile => ({ name, bytes: bytesOf(body) });
const bytes = (name: string, ...parts: (Uint8Array | string)[]): CorpusFile => ({
  name,
  bytes: concatBytes(parts.map((part) => (typeof part === 'string' ? bytesOf(part) : part))),
});
const utf16 = (body: Uint8Array, littleEndian: boolean): Uint8Array =>
  Uint8Array.from(
    [...new TextDecoder().decode(body)].flatMap((character) => {
      const code = character.charCodeAt(0);
      return littleEndian ? [code & 255, code >> 8] : [code >> 8, code & 255];
    }),
  );

const AMOUNTS = [
  ...[
    '0',
    '-0',
    '-0.00',
    '5',
    '-12.50',
    '000012.5',
    '-000.50',
    `${'0'.repeat(60)}1`,
    '12.500000',
    '0.1',
    '0.2',
    '1.10',
  ],
  ...[`12.${'0'.repeat(38)}`, `0.01${'0'.repeat(50)}`, '999999999999999', '999999999999999.99', '-999999999999999.99'],
  ...['4.35', '1.505', '1.5000001', '-0.001', '0.00001', '12345678901.23', '123456789012.34', '-123456789012345.6'],
  ...['1000000000000000', '-1000000000000000.00', '9'.repeat(40), '0001234567890123456.7', '9'.repeat(16), '1.005'],
  ...['1.234,56', '1 234,56', '12,50', '-12,5', '1\u202f234,56', '1,234.56', '1 234.56', "1'234'567", '(12.00)'],
  ...['1e5', '1.5E-3', '€5', '5.00 €', '$ -5', ' 5', '5 ', '=1+1', '+5', 'NaN', 'Infinity', '-', '.5', '5.', '1.2.3'],
  ...['0x10', '1_000', '١٢', '--5', '−5', '5\n', '12.00 EUR', '', '5\u2028', '5\u0085', '\ufeff5', '5\x1c', '1\r\n2'],
  ...['$'.repeat(100_000), `${'1'.repeat(100_000)}x`, `1${' '.repeat(100_000)}`, '1,'.repeat(50_000), '-.5', '1.-5'],
];
const DATES = [
  ...['2024-02-29', '2000-02-29', '1000-01-01', '9999-12-31', '2025-02-29', '2025-02-30', '1900-02-29', '2025-13-01'],
  ...['2025-00-10', '0000-00-00', '0999-12-31', '03/04/2025', '3.4.25', '03-04-2025', '2025-1-5', '20250105', ''],
  ...['2025-01-15 ', '2025-01-15\n', '2025-01-15T00:00:00Z', '2025-W03-3', '٢٠٢٥-٠١-١٥', '45672', 'x'.repeat(50)],
  ...['2025-04-31', '2025-06-00', '2025-01-32', "it's", 'say "it\'s"', 'a\tb', '☕'.repeat(41), '\u00ad', '2025/01-15'],
];
const TEXTS = [
  ...[
    'Caf\0é',
    'Caf\x01',
    '\x07',
    '\x0b',
    '\x0c',
    '\x1b',
    '\x1f',
    '\x7f',
    '\x80',
    '\x1a',
    '\x10',
    '\x100\x00\x10',
    'a\tb\nc\r\nd',
    ' Café ',
    '',
  ],
  ...['=HYPERLINK("http://x","y")', '+1', '@a', '-x', 'NULL', '\\N', '\\', '"', '""', "'", ',', '\n', '\r', '\r\n'],
  ...['m'.repeat(128), 'm'.repeat(129), '☕'.repeat(128), '😀'.repeat(129), '😀'.repeat(64), 'Cafe\u0301', '\ufeff'],
];

/** The cases of `test_validate.py` and the rows of `test_bad_input.py`. Each file has one bad cell among good rows. */
const CELLS: readonly CorpusFile[] = [
  ...AMOUNTS.map((amount) => oneBad({ amount })),
  ...['12.00', '12.50', '0.1'].map((amount) => oneBad({ amount, currency: 'JPY' })),
  ...['1.234', '1.2345', '1.23400000', '1.23456'].map((amount) => oneBad({ amount, currency: 'KWD' })),
  ...['1.2345', '1.23456', '1.5'].map((amount) => oneBad({ amount, currency: 'XXX?' })),
  ...DATES.map((date) => oneBad({ date })),
  ...TEXTS.flatMap((value) => [
    oneBad({ merchant: value }),
    oneBad({ description: value }),
    oneBad({ account: value }),
  ]),
  ...['eur', 'EURO', '€', 'XYZ', ' EUR', 'EUR ', 'CLF', 'euro', 'JPY', 'E\0R', 'RMB', 'usd\u3000', 'ﬀ'].map(
    (currency) => oneBad({ currency }),
  ),
  ...['Austria', 'AT', 'at', '', 'UK', 'uk ', 'EL', 'Usa', 'UAE', 'xx', 'ß', `AT${' '.repeat(50)}x`].map((country) => ({
    ...oneBad({}),
    name: `country ${country}`,
    bytes: csvOf([...GOOD.map((row) => [...row, 'AT']), expense({ country })], { header: [...HEADER, 'Country'] }),
  })),
  oneBad({ date: 'soon', merchant: '', amount: 'much', currency: 'money' }),
  oneBad({ amount: '1.50', date: '2025-02-30' }),
  ...['two\nlines', 'two\rlines', 'two\r\nlines', 'a "quote"', 'a, b', ' '].map((description) =>
    oneBad({ description, date: 'soon' }),
  ),
  oneBad({ description: '☕'.repeat(5000), amount: 'x'.repeat(4000) }),
  { name: 'a field of 1 MB', bytes: csvOf([...GOOD, expense({ description: 'x'.repeat(1 << 20) })]) },
  { name: 'a field of 10 MB', bytes: csvOf([...GOOD, expense({ description: 'x'.repeat(10 << 20) })]) },
  budget('2025-01', 'Food', '-0.01', 'EUR'),
  budget('2025-01', 'Food', '-0', 'EUR'),
  ...['2025-13', '2025-00', '2025-1', '2025-01-01', 'January 2025', '0999-12', '2025-01\n', '2025-12'].map((month) =>
    budget(month, 'Food', '1', 'EUR'),
  ),
  {
    name: 'transaction ids',
    bytes: csvOf(
      ['T-1', 'T-1', '', 'T-2', 'T-1'].map((id) => expense({ id })),
      { header: [...HEADER, 'transaction_id'] },
    ),
  },
  { name: 'equal rows', bytes: csvOf([...GOOD, ...GOOD, ...GOOD]) },
];

/** The cases of `test_bad_input.py` and `test_read.py` that affect a whole file. */
const FILES: readonly CorpusFile[] = [
  bytes('byte order mark', BOM, csvOf(GOOD)),
  bytes('two byte order marks', BOM, BOM, csvOf(GOOD)),
  ...['\r', '\n', '\r\n', '\n\r'].flatMap((lineEnd) => [
    { name: `line ends ${JSON.stringify(lineEnd)}`, bytes: csvOf(GOOD, { lineEnd }) },
    { name: 'no final line end', bytes: csvOf(GOOD, { lineEnd }).slice(0, -lineEnd.length) },
  ]),
  text('line ends mixed', `${HEAD}\r\n${LINE}\r${LINE}\n\r\n${LINE}\r\r${LINE}`),
  { name: 'quoted newlines and quotes', bytes: csvOf([...GOOD, expense({ description: 'a "b"\r\nc,d' })]) },
  text('quotes within a cell', `${HEAD}\n2025-01-15,27" screens,Office,card,3.50,EUR,"a ""b"""\n`),
  text('text behind a closing quote', `${HEAD}\n2025-01-15,"ab"cd"e,"O""ff"x""y,"card" ,3.50,EUR,"x\n"y"z"\n${LINE}\n`),
  text('quoted empty cells', `${HEAD}\n"","","","","","",""\n""\n" "\n"",,,,,,\n${LINE}\n${LINE}\n${LINE}\n`),
  text('lines of white space', `${HEAD}\n \n\t\n , , , , , , \n${LINE}\n${LINE}\n${LINE}\n${LINE}\n`),
  bytes('UTF-16', new Uint8Array([0xff, 0xfe]), utf16(csvOf(GOOD), true)),
  bytes('UTF-16 BE', new Uint8Array([0xfe, 0xff]), utf16(csvOf(GOOD), false)),
  bytes('UTF-16 LE without its mark', utf16(csvOf(GOOD), true)),
  bytes('UTF-16 BE without its mark', utf16(csvOf(GOOD), false)),
  bytes('Latin-1', csvOf(GOOD), latin1Of(LINE.replace('Café', 'Caf\xe9'))),
  bytes('Latin-1 with quotes', csvOf(GOOD), latin1Of('2025-01-15,"Caf\xe9, ""x""\n",c,a,1,EUR,\n')),
  bytes('Latin-1 in two columns', csvOf(GOOD), latin1Of(`2025-01-15,m,c,a,1,EUR,\xe9\n2025-01-15,\xfc,c,a,1,EUR,\n`)),
  bytes('Latin-1 in a ragged row', csvOf(GOOD), latin1Of('Caf\xe9,1\n')),
  bytes('Latin-1 in a ragged row after a cell', csvOf(GOOD), latin1Of(`2025-01-15,\xfc,c,a,1,EUR,\nCaf\xe9,1\n`)),
  bytes('Latin-1 in an ignored column', `${HEAD},note\n${LINE},`, new Uint8Array([0xff]), '\n'),
  bytes('Latin-1 in the header', `${HEAD},`, new Uint8Array([0xe9]), `\n${LINE},\n`),
  bytes('Latin-1 before the header', new Uint8Array([0xe9]), `\n${HEAD}\n${LINE}\n`),
  bytes(
    'a character cut by quotes',
    `${HEAD}\n2025-01-15,"\xc3`.slice(0, -1),
    new Uint8Array([0xc3, 0x22, 0xa9]),
    ',c,a,1,EUR,\n',
  ),
  ...[
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xe2, 0x82],
    [0xf0, 0x9f, 0x98],
    [0x80],
    [0xe0, 0x80, 0x80],
  ].map((malformed) =>
    bytes(`malformed ${malformed}`, csvOf(GOOD), '2025-01-15,ab', new Uint8Array(malformed), 'c,c,a,1,EUR,\n'),
  ),
  bytes('Excel workbook', new Uint8Array([0x50, 0x4b, 3, 4]), new Uint8Array(100)),
  bytes('old Excel workbook', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0, 1])),
  text('PDF', '%PDF-1.7\n'),
  bytes(
    'binary',
    Uint8Array.from({ length: 2560 }, (_, index) => index % 128),
  ),
  bytes('a photo', latin1Of('\xff\xd8\xff\xe0\x00\x10JFIF'.repeat(20))),
  ...[
    '',
    ' ',
    '\n\n\r\n',
    '\ufeff',
    '\ufeff\n',
    ',,,\n,,\n',
    '""\n',
    '\n\n,,,\n',
    '\x1c\n',
    '\u00a0\n',
    '\ufeff\ufeff\n',
  ].map((body) => text(`empty ${JSON.stringify(body)}`, body)),
  ...[HEAD, `${HEAD}\n`, `${HEAD}\r\n\r\n`, `${HEAD}\n,,,,,,\n`].map((body) => text('header only', body)),
  text('blank and comma-only lines', `\n${HEAD}\n\n${LINE}\n,,,,,,\n\n`),
  text('comma-only lines before the header', `\n,,\n\n${HEAD}\n${LINE}\n${LINE}\n`),
  text('blanks before the header', ` \n,,,,,,\n"\n",,\n${HEAD}\n${LINE}\n${LINE}\n${LINE}\n${LINE}\n`),
  {
    name: 'reordered',
    bytes: csvOf([GOOD[0]?.toReversed() ?? []], { header: HEADER.map((name) => name.toUpperCase()).toReversed() }),
  },
  {
    name: 'unknown headers',
    bytes: csvOf([[...expense(), '1', '2', '3', '4']], { header: [...HEADER, ' Saldo ', '', 'Notes', 'Notes'] }),
  },
  {
    name: 'spaces around headers',
    bytes: csvOf([['EUR', '1', '2025-01-15', 'm', 'c', 'a', '', 'Graz']], {
      header: [
        ' Currency',
        'AMOUNT ',
        'Date\x1f',
        'Merchant\u3000',
        '\tCategory',
        'Account\u0085',
        'Description',
        'CITY',
      ],
    }),
  },
  {
    name: 'a header of İ and ß',
    bytes: csvOf([[...expense(), '1', '2']], { header: [...HEADER, 'İSTANBUL', 'ẞ\nx'] }),
  },
  text('headers in quotes', `${HEADER.map((name) => `"${name}"`).join(',')}\n${LINE}\n`),
  text('a header with an open quote', `"${HEAD}\n${LINE}\n`),
  text('missing headers', 'date,amount\n2025-01-15,1\n'),
  text('missing headers, odd ones', `date,, ,"a\nb",${'x'.repeat(100)},${'é,'.repeat(30)}\n`),
  text('semicolons', `${HEAD}\n${LINE}\n`.replaceAll(',', ';')),
  text('tabs', `${HEAD}\n${LINE}\n`.replaceAll(',', '\t')),
  text('duplicate header', `Date,DATE, amount ,date,${HEAD}\n`),
  text('rows without a header', LINE),
  { name: "another feed's file", bytes: csvOf([], { header: BUDGET_HEADER }) },
  text('ragged rows', `${HEAD}\n${LINE}\n${LINE}\n${LINE}\na,b\n"c\n",\r\n${LINE},x\n${LINE}\n`),
  text('only ragged rows', `${HEAD}\n${'a,b\n'.repeat(5)}`),
  text('many ragged rows', `${HEAD}\nsoon${LINE}\n${'a,b\n'.repeat(25_000)}${`${LINE}\n`.repeat(30_000)}`),
  text('too many ragged rows', `${HEAD}\nsoon${LINE}\n${'a,b\n'.repeat(25_000)}`),
  {
    name: 'mostly bad rows',
    bytes: csvOf([...Array.from({ length: 3 }, () => expense({ date: 'soon' })), ...GOOD.slice(2)]),
  },
  { name: 'half of the rows bad', bytes: csvOf([expense({ date: 'soon' }), expense()]) },
  {
    name: 'many bad rows',
    bytes: csvOf([...Array.from({ length: 1500 }, () => expense({ date: 'soon', amount: '1' })), ...GOOD]),
  },
  ...[
    `${HEAD}\n${LINE}\n2025-01-15,"Café,Coffee,card,1,EUR,\n${LINE}\n${LINE}\n`,
    `${HEAD}\n2025-01-15,Café,Coffee,card,3.50,EUR,"never closed\n${LINE}\n`,
    `${HEAD}\n2025-01-15,Café,Coffee,card,3.50,EUR,"never closed\n${`${LINE}\n`.repeat(50)}`,
    `${HEAD}\r\n2025-01-15,Café,Coffee,card,3.50,EUR,"never closed\r\n${LINE}\r\n`,
    `${HEAD}\n2025-01-15,27" screen,Office,card,3.50,EUR,"never closed\n${LINE}\n`,
    `${HEAD}\n2025-01-15,Café,Coffee,card,3.50,EUR,"`,
    `${HEAD}\n${LINE}\n"`,
    `${HEAD}\n${LINE}\n""`,
    `${HEAD}\n2025-01-15,Café,Coffee,card,3.50,EUR,"two\nlines"`,
    `${HEAD}\n2025-01-15,"27"" screen",Office,card,3.50,EUR,\n2025-01-15,Café,Coffee,card,3.50,EUR,"ends with a quote\n"""`,
  ].map((body) => text('quotes at the end', body)),
  text('NULs', `${HEAD}\n${LINE}\n${LINE}\n${LINE}\n2025-01-15,\0\x1a,c,a,1,EUR,x\n\0,ragged\n2025-\0,m,c,a,1,\0,x\n`),
  ...Array.from({ length: 18 }, (_, offset) => ({
    name: `NUL at ${offset}`,
    bytes: csvOf(
      Array.from({ length: 40 }, (_, row) =>
        expense({ merchant: 'm'.repeat(40), description: row % 20 === 3 ? `${'d'.repeat(offset)}\0` : 'd'.repeat(40) }),
      ),
    ),
  })),
  { name: 'gzip', bytes: gzipSync(csvOf(GOOD)), extension: GZ },
  ...[14_000, 26_000, 60_000].map((rows) => ({
    name: `gzip of a row ${rows} times`,
    bytes: gzipSync(bytesOf(`${HEAD}\n${`${LINE}\n`.repeat(rows)}`)),
    extension: GZ,
  })),
  ...[505, 506, 30_000, 100_000].flatMap((more) => {
    const wide = `${HEAD}${',a'.repeat(more)}\n${LINE}${','.repeat(more)}\n`;
    return [
      text(`${more} more columns`, wide),
      { ...text('in gzip', wide), bytes: gzipSync(bytesOf(wide)), extension: GZ },
    ];
  }),
  bytes(
    'gzip of several members',
    gzipSync(csvOf(GOOD)),
    gzipSync(bytesOf(`${LINE}\n`)),
    gzipSync(bytesOf(`${LINE}\n`)),
  ),
  {
    name: 'gzip of several members',
    bytes: concatBytes([gzipSync(csvOf(GOOD)), gzipSync(bytesOf(`${LINE}\n`))]),
    extension: GZ,
  },
  { name: 'gzip with zeros behind it', bytes: concatBytes([gzipSync(csvOf(GOOD)), new Uint8Array(9)]), extension: GZ },
  {
    name: 'gzip with text behind it',
    bytes: concatBytes([gzipSync(csvOf(GOOD)), bytesOf('\0\0hello')]),
    extension: GZ,
  },
  {
    name: 'gzip with a byte behind it',
    bytes: concatBytes([gzipSync(csvOf(GOOD)), new Uint8Array([0x1f])]),
    extension: GZ,
  },
  { name: 'gzip with a name', bytes: gzipSync(csvOf(GOOD), { filename: 'a.csv' }), extension: GZ },
  { name: 'gzip, stored', bytes: gzipSync(csvOf(GOOD), { level: 0 }), extension: GZ },
  { name: 'an empty gzip', bytes: gzipSync(new Uint8Array(0)), extension: GZ },
  { name: 'an empty file named gzip', bytes: new Uint8Array(0), extension: GZ },
  { name: 'gzip bomb of NULs', bytes: gzipSync(new Uint8Array(17 << 20)), extension: GZ },
  { name: 'gzip bomb', bytes: gzipSync(bytesOf(`${HEAD}\n${`${LINE}\n`.repeat(400_000)}`)), extension: GZ },
  ...[1, 5, 9, 12, 20, 40, 60].map((length) => ({
    name: `gzip cut at ${length}`,
    bytes: gzipSync(csvOf(Array.from({ length: 400 }, (_, amount) => expense({ amount: String(amount) })))).slice(
      0,
      length,
    ),
    extension: GZ,
  })),
  ...[1, 5, 8, 9, 30].map((cut) => ({
    name: `gzip without its last ${cut} bytes`,
    bytes: gzipSync(csvOf(Array.from({ length: 400 }, (_, amount) => expense({ amount: String(amount) })))).slice(
      0,
      -cut,
    ),
    extension: GZ,
  })),
  ...[1, 2, 3, 6].map((place) => {
    const changed = gzipSync(csvOf(GOOD));
    changed[changed.length - place] = (changed[changed.length - place] ?? 0) ^ 0xff;
    return { name: `gzip with byte -${place} changed`, bytes: changed, extension: GZ };
  }),
  { name: 'a CSV that is named gzip', bytes: csvOf(GOOD), extension: GZ },
  { name: 'gzip that is named CSV', bytes: gzipSync(csvOf(GOOD)) },
  { name: 'zlib that is named gzip', bytes: zlibSync(csvOf(GOOD)), extension: GZ },
  { name: 'an unknown method', bytes: new Uint8Array([0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 0, 1]), extension: GZ },
  { name: 'larger than allowed', bytes: bytesOf(`${HEAD}\n${`${LINE}\n`.repeat(330_000)}`) },
  { name: 'wrong extension', bytes: csvOf(GOOD), extension: "it's.xlsx" },
  { name: 'an extension in capitals', bytes: csvOf(GOOD), extension: 'CSV' },
];

/** Returns files that are larger than several of the job's 4 MiB blocks. More than one block has faults. */
function largeFiles(): readonly CorpusFile[] {
  const line = bytesOf(`${LINE}\n`);
  const lines = (count: number): Uint8Array => bytesOf(`${LINE}\n`.repeat(count));
  const block = Math.ceil((4 << 20) / line.length);
  const head = bytesOf(`${HEAD}\n`);
  const bad = latin1Of('2025-01-15,m,c,a,1,EUR,\xe9\n');
  const badFirst = latin1Of('2025-01-15,\xfc,c,a,1,EUR,\n');
  const badRagged = latin1Of('Caf\xe9,1\n');
  const large = (name: string, ...parts: Uint8Array[]): CorpusFile => ({ name, bytes: concatBytes([head, ...parts]) });
  return [
    large(
      'bad rows in two blocks',
      lines(10),
      bytesOf('a,b\n'),
      lines(block),
      bytesOf(`soon${LINE}\na,b\n`),
      lines(10),
    ),
    large('bytes in two columns of a block', lines(10), bad, lines(10), badFirst, lines(block)),
    large('bytes in two blocks', lines(10), bad, lines(block), badFirst),
    large('bytes in a ragged row of the next block', lines(10), bad, lines(block), badRagged),
    large('a row in the next block, then bytes', lines(10), badRagged, lines(block), bad),
    large('an open quote in the second block', lines(block + 10), bytesOf('"'), lines(10)),
    large('a record of 5 MB', lines(10), bytesOf(`2025-01-15,"${'x\n'.repeat(5 << 19)}",c,a,1,EUR,\n`), lines(10)),
    large(
      'a record of 3 MB at a border',
      lines(block - 10),
      bytesOf(`2025-01-15,"${'é'.repeat(3 << 19)}",c,a,1,EUR,\n`),
      lines(10),
    ),
    { name: 'too large and not UTF-8', bytes: concatBytes([head, bad, lines(4 * block)]) },
  ];
}

export function corpus(): readonly CorpusFile[] {
  return [...CELLS, ...FILES, ...largeFiles()];
}
