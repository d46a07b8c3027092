import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import type { Contract } from '../contract.ts';
import { ExportError, mapExport, matchesTemplate, sampleMapping } from './map-export.ts';
import type { Mapping } from './mapping.ts';
import { proposeMapping } from './propose-mapping.ts';
import { decimalOf, possibleOrders, readAmount, readDate } from './read-cells.ts';
import { detectEncoding } from './read-export.ts';

const repository = join(import.meta.dirname, '..', '..', '..', '..');
const contracts = ['incomes', 'expenses'].map(
  (feed) =>
    JSON.parse(
      readFileSync(join(repository, 'glue', 'centflow_glue', 'contracts', `${feed}.json`), 'utf8'),
    ) as Contract,
);
const sample = (name: string) => new Uint8Array(readFileSync(join(repository, 'samples', 'bank-exports', name)));
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Maps an export and returns the rows of its files by their headers. */
async function mapped(source: Uint8Array, mapping: Mapping) {
  const { files, problems } = await mapExport(source, mapping, contracts);
  const rows: Record<string, string | undefined>[] = files.flatMap(({ feed, parts }) =>
    Papa.parse<Record<string, string>>(parts.join(''), { header: true, skipEmptyLines: true }).data.map((row) => ({
      feed,
      ...row,
    })),
  );
  return { rows, problems, files };
}

describe('proposeMapping', () => {
  test('maps a German export that is in Windows-1252, starts with a preamble and has dates with points', () => {
    const { mapping, dateOrderIsSure } = proposeMapping(sample('stadtbank-nordufer-2025-06.csv'));
    expect(mapping).toMatchObject({
      encoding: 'windows-1252',
      delimiter: ';',
      headerRow: 6,
      decimal: ',',
      dateOrder: 'dmy',
      money: { kind: 'signed', column: 'Betrag (EUR)', spentIs: 'negative' },
    });
    expect(mapping.cells).toMatchObject({
      date: { column: 'Buchungstag' },
      counterparty: { column: 'Auftraggeber/Empfänger' },
      description: { column: 'Verwendungszweck' },
      category: { column: 'Kategorie' },
      currency: { constant: 'EUR' },
    });
    expect(dateOrderIsSure).toBe(true);
  });

  test('maps an export with one amount column for each direction and with ambiguous dates', () => {
    const { mapping, dateOrderIsSure } = proposeMapping(sample('harbour-bank-2025-05-01-to-12.csv'));
    expect(mapping.money).toEqual({ kind: 'split', out: 'Paid out', in: 'Paid in' });
    expect(mapping.cells.counterparty).toEqual({ column: 'Details' });
    expect(dateOrderIsSure).toBe(false);
  });

  test('keeps the values that a person chose', () => {
    const text = 'a;b\n2025-01-02;1,50\n';
    expect(proposeMapping(utf8(text), { delimiter: ',' }).mapping.header).toEqual(['a;b']);
    expect(proposeMapping(utf8(text)).mapping.header).toEqual(['a', 'b']);
  });

  test('returns an empty mapping if the file is not an export', () => {
    expect(proposeMapping(utf8('')).mapping).toMatchObject({ header: [], money: { kind: 'signed', column: '' } });
    expect(proposeMapping(utf8('hello')).mapping).toMatchObject({ headerRow: 1, header: ['hello'] });
  });
});

describe('mapExport', () => {
  test('writes one file for expenses and one for incomes, and reports unreadable cells', async () => {
    const source = sample('stadtbank-nordufer-2025-06.csv');
    const { rows, problems, files } = await mapped(source, proposeMapping(source).mapping);
    expect(files.map(({ feed, rows: count }) => [feed, count])).toEqual([
      ['expenses', 22],
      ['incomes', 3],
    ]);
    expect(rows[0]).toEqual({
      feed: 'expenses',
      date: '2025-06-02',
      merchant: 'Hausverwaltung Lindenhof',
      category: 'Wohnen',
      account: '',
      amount: '1180.00',
      currency: 'EUR',
      description: 'Miete Juni 2025 Wohnung 14',
      country: '',
      city: '',
      transaction_id: '',
    });
    expect(rows.at(-1)).toMatchObject({ feed: 'incomes', source: 'Stadtbank Nordufer', amount: '3.18' });
    expect(rows.some(({ merchant }) => merchant === 'Bäckerei Süß & Söhne')).toBe(true);
    expect(problems).toEqual([
      {
        rowNo: 20,
        column: 'Betrag (EUR)',
        message: '“-27,5O” is not an amount in the format of this file. Correct the amount.',
      },
      {
        rowNo: 30,
        column: 'Buchungstag',
        message: '“31.06.25” is not a date in the format of this file. Correct the date.',
      },
    ]);
    expect(rows.map(({ date }) => date)).toContain('31.06.25');
    expect(rows.map(({ amount }) => amount)).toContain('-27,5O');
    expect(files[0]?.sourceRows.slice(0, 2)).toEqual([7, 8]);
  });

  test('keeps rows with amounts in both columns, and rows without an amount', async () => {
    const text = 'Date,Details,Paid out,Paid in\n2025-01-31,a,1.00,2.00\n2025-01-30,b,,\n2025-01-29,c,0.00,5.00\n';
    const { mapping } = proposeMapping(utf8(text));
    const { rows, problems } = await mapped(utf8(text), mapping);
    expect(rows.map(({ feed, amount }) => [feed, amount])).toEqual([
      ['expenses', '1.00 / 2.00'],
      ['expenses', ''],
      ['incomes', '5.00'],
    ]);
    expect(problems.map(({ rowNo }) => rowNo)).toEqual([2, 3]);
  });

  test('accepts an export whose columns have moved and whose preamble is longer', async () => {
    const before = 'Date;Payee;Amount\n2025-01-31;Ann;-1,00\n2025-01-30;Bob;-2,50\n';
    const { mapping } = proposeMapping(utf8(before));
    const after = 'Kontoauszug\n\nDate;Payee;Amount\n2025-01-31;Ann;-1,00\n';
    expect(matchesTemplate(utf8(after), mapping)).toBe(true);
    expect((await mapped(utf8(after), mapping)).rows).toMatchObject([{ merchant: 'Ann', amount: '1.00' }]);
    const moved = 'Amount;Date;Payee\n-1,00;2025-01-31;Ann\n';
    expect(matchesTemplate(utf8(moved), mapping)).toBe(false);
    expect((await mapped(utf8(moved), mapping)).rows).toMatchObject([{ merchant: 'Ann', amount: '1.00' }]);
  });

  test('rejects an export with other columns and names the missing columns', async () => {
    const { mapping } = proposeMapping(utf8('Date;Payee;Amount\n2025-01-31;Ann;-1,00\n2025-01-30;Bob;-2,50\n'));
    await expect(mapExport(utf8('a;b\n1;2\n'), mapping, contracts)).rejects.toThrow(ExportError);
    await expect(mapExport(utf8('a;b\n1;2\n'), mapping, contracts)).rejects.toThrow('no column Date, Payee, Amount');
  });
});

describe('sampleMapping', () => {
  test('reports the problems of a mapping', () => {
    const head = utf8('Date;Payee;Amount\n31.01.2025;Ann;-1.000,50\n30.01.2025;Bob;-2,50\n');
    const { mapping } = proposeMapping(head);
    expect(sampleMapping(head, mapping).problems).toEqual([]);
    const fields = (changes: Partial<Mapping>) =>
      sampleMapping(head, { ...mapping, ...changes }).problems.map(({ field }) => field);
    expect(fields({ decimal: '.' })).toEqual(['decimal']);
    expect(fields({ dateOrder: 'mdy' })).toEqual(['dateOrder']);
    expect(fields({ headerRow: 2 })).toContain('headerRow');
    expect(fields({ headerRow: 9 })).toContain('headerRow');
    expect(fields({ cells: { ...mapping.cells, date: { column: 'Payee' } } })).toEqual(['date']);
    expect(fields({ cells: { ...mapping.cells, currency: { constant: 'Euro' } } })).toEqual(['currency']);
  });
});

describe('readAmount, readDate and the detection of formats', () => {
  test.each([
    ['1.234,56', ',', '1234.56', false],
    ['-1.234,56 €', ',', '1234.56', true],
    ['(1,234.56)', '.', '1234.56', true],
    ['1 234,56-', ',', '1234.56', true],
    ["CHF 1'234.50", '.', '1234.50', false],
    ['€ -5', '.', '5', true],
    ['−12.00', '.', '12.00', true],
    ['+007,10', ',', '7.10', false],
    ['1.234', ',', '1234', false],
    ['1.234', '.', '1.234', false],
  ] as const)('readAmount reads %s with the separator %s', (text, decimal, digits, isNegative) => {
    expect(readAmount(text, decimal)).toEqual({ digits, isNegative });
  });

  test.each([
    ['', ','],
    ['1.23.4,00', ','],
    ['12.34,00', ','],
    ['1,2,3', ','],
    ['27,5O', ','],
    ['--5', '.'],
    ['-(5)', '.'],
    ['1e5', '.'],
    ['NaN', '.'],
    [',50', ','],
  ] as const)('readAmount rejects %j with the separator %s', (text, decimal) => {
    expect(readAmount(text, decimal)).toBeUndefined();
  });

  test.each([
    ['03.04.2025', 'dmy', '2025-04-03'],
    ['3/4/25', 'mdy', '2025-03-04'],
    ['2025/04/03', 'ymd', '2025-04-03'],
    ['20250403', 'ymd', '2025-04-03'],
    ['2025-04-03 18:22:01', 'ymd', '2025-04-03'],
    ['31.06.25', 'dmy', undefined],
    ['2025-02-30', 'ymd', undefined],
    ['03.04/2025', 'dmy', undefined],
    ['03.04.125', 'dmy', undefined],
    ['yesterday', 'dmy', undefined],
  ] as const)('readDate reads %s in the order %s', (text, order, day) => {
    expect(readDate(text, order)).toBe(day);
  });

  test('possibleOrders returns several date orders only if several orders fit every date', () => {
    expect(possibleOrders(['03/04/2025', '05/06/2025'])).toEqual(['dmy', 'mdy']);
    expect(possibleOrders(['03/04/2025', '25/06/2025'])).toEqual(['dmy']);
    expect(possibleOrders(['03/24/2025', '05/06/2025'])).toEqual(['mdy']);
    expect(possibleOrders(['03.04.2025'])).toEqual(['dmy']);
    expect(possibleOrders(['2025-04-03'])).toEqual(['ymd']);
    expect(possibleOrders(['x', 'y'])).toEqual([]);
  });

  test('decimalOf finds the decimal separator, or returns undefined if the amounts are ambiguous', () => {
    expect(decimalOf(['1.234,50', '3,2'])).toBe(',');
    expect(decimalOf(['1,234', '5', '3.20'])).toBe('.');
    expect(decimalOf(['1,234', '5'])).toBeUndefined();
    expect(decimalOf(['1,23', '1.23'])).toBeUndefined();
  });

  test('detectEncoding recognises UTF-8, UTF-16 and Windows-1252', () => {
    expect(detectEncoding(utf8('Süß'), true)).toBe('utf-8');
    expect(detectEncoding(utf8('Süß').slice(0, 2), false)).toBe('utf-8');
    expect(detectEncoding(new Uint8Array([0x53, 0xfc, 0xdf, 0x0a]), true)).toBe('windows-1252');
    expect(detectEncoding(new Uint8Array([0x44, 0, 0x61, 0, 0x74, 0, 0x65, 0]), true)).toBe('utf-16le');
    expect(detectEncoding(new Uint8Array([0, 0x44, 0, 0x61, 0, 0x74, 0, 0x65]), true)).toBe('utf-16be');
  });
});

describe('mapExport with exports in any format', () => {
  const text = fc
    .string({ unit: fc.constantFrom(...'abc Ä;,"|\t\'=€'), minLength: 1, maxLength: 12 })
    .filter((word) => word.trim() !== '');
  const cents = fc.integer({ min: 1, max: 10 ** 9 });
  const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  const row = fc.record({ day, who: text, what: text, cents, isSpent: fc.boolean() });
  const style = fc.record({
    delimiter: fc.constantFrom<Mapping['delimiter']>(',', ';', '\t', '|'),
    decimal: fc.constantFrom<Mapping['decimal']>(',', '.'),
    dateOrder: fc.constantFrom<Mapping['dateOrder']>('ymd', 'dmy', 'mdy'),
    between: fc.constantFrom('.', '-', '/'),
    thousands: fc.boolean(),
    split: fc.boolean(),
    preamble: fc.boolean(),
  });

  test('returns the rows that the export was written from', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), style, async (rows, how) => {
        const amount = (value: number) => {
          const whole = String(Math.floor(value / 100));
          const grouped = how.thousands ? whole.replace(/\B(?=(\d{3})+$)/g, how.decimal === ',' ? '.' : ',') : whole;
          return `${grouped}${how.decimal}${String(value % 100).padStart(2, '0')}`;
        };
        const dateText = (date: Date) => {
          const [year = '', month = '', dayOfMonth = ''] = date.toISOString().slice(0, 10).split('-');
          const parts = {
            ymd: [year, month, dayOfMonth],
            dmy: [dayOfMonth, month, year],
            mdy: [month, dayOfMonth, year],
          }[how.dateOrder];
          return parts.join(how.between);
        };
        const header = ['When', 'Who', 'What', ...(how.split ? ['Out', 'In'] : ['Sum'])];
        const cells = rows.map(({ day: date, who, what, cents: value, isSpent }) => [
          dateText(date),
          who,
          what,
          ...(how.split
            ? [isSpent ? amount(value) : '', isSpent ? '' : amount(value)]
            : [`${isSpent ? '-' : ''}${amount(value)}`]),
        ]);
        const preamble = how.preamble ? [['My bank'], ['']] : [];
        const source = utf8(Papa.unparse([...preamble, header, ...cells], { delimiter: how.delimiter }));
        const mapping: Mapping = {
          version: 1,
          encoding: 'utf-8',
          delimiter: how.delimiter,
          headerRow: how.preamble ? 3 : 1,
          header,
          decimal: how.decimal,
          dateOrder: how.dateOrder,
          money: how.split
            ? { kind: 'split', out: 'Out', in: 'In' }
            : { kind: 'signed', column: 'Sum', spentIs: 'negative' },
          cells: {
            date: { column: 'When' },
            counterparty: { column: 'Who' },
            description: { column: 'What' },
            category: { constant: 'Unsorted' },
            account: { constant: 'Giro' },
            currency: { constant: 'EUR' },
          },
        };
        const back = await mapped(source, mapping);
        const plain = (word: string) => word.replace(/\s+/g, ' ').trim();
        const expected = (isSpent: boolean) =>
          rows
            .filter((one) => one.isSpent === isSpent)
            .map((one) => ({
              date: one.day.toISOString().slice(0, 10),
              who: plain(one.who),
              what: plain(one.what),
              amount: `${Math.floor(one.cents / 100)}.${String(one.cents % 100).padStart(2, '0')}`,
            }));
        const found = (feed: string) =>
          back.rows
            .filter((one) => one.feed === feed)
            .map((one) => ({
              date: one.date,
              who: feed === 'expenses' ? one.merchant : one.source,
              what: one.description,
              amount: one.amount,
            }));
        expect(back.problems).toEqual([]);
        expect(found('expenses')).toEqual(expected(true));
        expect(found('incomes')).toEqual(expected(false));
      }),
      { numRuns: 200 },
    );
  });
});

describe('proposeMapping with hostile files', () => {
  const LENGTH = 250_000;
  // A pattern with quadratic time would take hours for each of these.
  test.each([' ', '\u00a0', '(', '(a', '[(', '.', '.1', '-', "'111", '1.00 ', 'EUR ', '"a', '""', 'é('])(
    'takes linear time for cells and headers full of %j',
    (unit) => {
      const filling = `1${unit.repeat(LENGTH / unit.length)}x`;
      for (const [header, cell] of [
        ['Text', filling],
        [filling, 'x'],
      ]) {
        const head = utf8(`Datum;${header};Betrag\n1.1.2025;${cell};1,00\n2.1.2025;y;2,00\n3.1.2025;z;3,00\n`);
        expect(sampleMapping(head, proposeMapping(head).mapping).rows.length).toBeLessThanOrEqual(3);
      }
    },
  );
});
