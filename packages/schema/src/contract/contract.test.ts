import { readdirSync, readFileSync } from 'node:fs';
import { getTableColumns } from 'drizzle-orm';
import { char, decimal, double, json, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { feeds } from '../generated/feeds.ts';
import { summaries } from '../generated/summaries.ts';
import { rowColumns } from '../row-columns.ts';
import { catalogColumns } from './catalog.ts';
import { countryCodes, currencyCodes, minorUnits } from './codes.ts';
import { columnType } from './column-type.ts';
import { contractOf, renderContract } from './contract.ts';

const contracts = new URL('../../../../glue/centflow_glue/contracts/', import.meta.url);
const everyFeed = Object.values(feeds);

describe('the contracts', () => {
  it('the folder of contracts has one committed file for each feed and no other files', () => {
    const committed = readdirSync(contracts).filter((name) => name.endsWith('.json'));
    expect(committed.sort()).toEqual(everyFeed.map(({ name }) => `${name}.json`).sort());
  });

  describe.each(everyFeed)('the contract of $name', (feed) => {
    const contract = contractOf(feed);

    it('equals the committed file byte for byte', () => {
      const committed = readFileSync(new URL(`${feed.name}.json`, contracts));
      expect(Buffer.compare(committed, Buffer.from(renderContract(feed, summaries)))).toBe(0);
    });

    it("has the keys of a Frictionless Table Schema in a fixed order, and Centflow's own keys under centflow", () => {
      expect(Object.keys(contract)).toEqual(['name', 'title', 'description', 'fields', 'missingValues', 'centflow']);
      for (const field of contract.fields) {
        expect(['date', 'yearmonth', 'number', 'string']).toContain(field.type);
        for (const constraint of Object.keys(field.constraints)) {
          expect(['required', 'maxLength', 'minimum', 'enum']).toContain(constraint);
        }
      }
    });

    it('lists every column that a CSV can have, in the order of the table', () => {
      const columns = Object.entries(getTableColumns(feed.table))
        .filter(([property]) => !rowColumns.has(property))
        .map(([, column]) => column.name);
      expect(contract.fields.map(({ name }) => name)).toEqual(columns);
      expect(contract.centflow.columns.map(({ column }) => column)).toEqual(columns);
    });

    it('names only its own fields as natural key, period and money', () => {
      const { naturalKey, period, amount, currency, transactionId } = contract.centflow;
      const names = contract.fields.map(({ name }) => name);
      const used = [...naturalKey, period.field, amount, currency, ...(transactionId === null ? [] : [transactionId])];
      for (const name of used) expect(names).toContain(name);
    });

    it('requires a cell in every column that can be neither NULL nor empty', () => {
      for (const [index, column] of contract.centflow.columns.entries()) {
        const required = contract.fields[index]?.constraints.required ?? false;
        expect({ column: column.column, required }).toEqual({
          column: column.column,
          required: !column.nullable && !column.emptyAllowed,
        });
      }
    });

    it('declares only strings for the Data Catalog, because the CSVs there are not checked', () => {
      expect(catalogColumns(feed).map(({ name, type }) => [name, type])).toEqual(
        contract.fields.map(({ name }) => [name, 'string']),
      );
    });
  });
});

describe('columnType', () => {
  const columnsOf = (length: number, precision: number, scale: number) =>
    getTableColumns(
      mysqlTable('t', {
        text: varchar('text', { length }),
        fixed: char('fixed', { length: 5 }),
        number: decimal('number', { precision, scale }),
      }),
    );

  it('returns the exact length, precision and scale of a column', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16_383 }),
        fc.integer({ min: 1, max: 65 }),
        fc.nat(30),
        (length, precision, nat) => {
          const scale = Math.min(nat, precision);
          const { text, number } = columnsOf(length, precision, scale);
          expect(columnType(text)).toEqual({ type: 'string', maxLength: length });
          expect(columnType(number)).toEqual({ type: 'decimal', precision, scale });
        },
      ),
      // MySQL's default precision. Drizzle omits the default.
      { examples: [[1, 10, 0]] },
    );
  });

  it('rejects an SQL type that contracts do not support', () => {
    const { ratio, extra } = getTableColumns(mysqlTable('t', { ratio: double('ratio'), extra: json('extra') }));
    expect(() => columnType(ratio)).toThrow(
      'Column ratio is double, which contracts do not support. Use date, char(7) for a month, decimal(p,s), char(n) or varchar(n), or add the type to src/contract/column-type.ts and to the job.',
    );
    expect(() => columnType(extra)).toThrow('Column extra is json');
  });
});

describe('the code lists', () => {
  it('the code lists contain the number of decimals of each currency', () => {
    expect(minorUnits).toMatchObject({ EUR: 2, USD: 2, JPY: 0, KWD: 3, XOF: 0, XCG: 2 });
  });

  it('the code lists omit codes that no bank account uses', () => {
    for (const code of ['XXX', 'XTS', 'XAU', 'XDR', 'CHE', 'USN', 'CLF', 'UYW'])
      expect(currencyCodes).not.toContain(code);
  });

  it('the code lists contain no currency with more decimals than the money columns', () => {
    expect(Math.max(...Object.values(minorUnits))).toBeLessThanOrEqual(4);
  });

  it('the code lists are sorted and have no duplicates', () => {
    for (const [codes, pattern] of [
      [currencyCodes, /^[A-Z]{3}$/],
      [countryCodes, /^[A-Z]{2}$/],
    ] as const) {
      expect([...codes]).toEqual([...new Set(codes)].sort());
      for (const code of codes) expect(code).toMatch(pattern);
    }
    expect(countryCodes).toHaveLength(249);
    expect(countryCodes).not.toContain('UK');
  });
});
