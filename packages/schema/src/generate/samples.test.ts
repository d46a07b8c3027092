import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatAmount } from '../samples/amount.ts';
import { dirtyBudgets, dirtyExpenses, raggedExpenses } from '../samples/dirty-rows.ts';
import { type SampleFile, sampleFiles } from '../samples/files.ts';
import { households, years } from '../samples/households.ts';
import type { GeneratedFile } from './generated-file.ts';
import { readFeeds } from './read-feeds.ts';
import { renderSamples } from './samples.ts';
import { repository } from './source-files.ts';

describe('renderSamples', () => {
  let generated: GeneratedFile[];
  const files = sampleFiles();
  beforeAll(async () => {
    generated = renderSamples(await readFeeds());
  });

  const named = (feed: string, owner: string, name: string) => {
    const file = files.find((file) => file.feed === feed && file.owner === owner && file.name === name);
    return file as SampleFile;
  };
  const datesOf = ({ rows }: SampleFile) => rows.map(({ date, month }) => date ?? `${month}-01`);

  it('renders the same bytes in every call', async () => {
    const second = renderSamples(await readFeeds());
    for (const [index, { path, bytes }] of generated.entries()) {
      expect({ path, same: Buffer.compare(bytes, second[index]?.bytes as Uint8Array) }).toEqual({ path, same: 0 });
    }
  });

  it('renders the same files as committed', () => {
    for (const { path, bytes } of generated) {
      expect({ path, same: Buffer.compare(readFileSync(join(repository, path)), bytes) }).toEqual({ path, same: 0 });
    }
  });

  it('renders less than 600 kB in total', () => {
    expect(generated.reduce((total, { bytes }) => total + bytes.length, 0)).toBeLessThan(600_000);
  });

  it('covers three years for each owner in each feed', () => {
    for (const { owner } of households) {
      for (const feed of ['incomes', 'expenses', 'budgets']) {
        const dates = files.filter((file) => file.owner === owner && file.feed === feed).flatMap(datesOf);
        const covered = new Set(dates.map((date) => date.slice(0, 4)));
        for (const year of years) expect(covered, `${feed} of ${owner}`).toContain(String(year));
      }
    }
  });

  it('renders several currencies for the owner who travels', () => {
    const currencies = files
      .filter(({ owner }) => owner === 'maya')
      .flatMap(({ rows }) => rows.map(({ currency }) => currency));
    expect(new Set(currencies)).toEqual(new Set(['USD', 'EUR', 'JPY', 'KWD', 'GBP', 'US$']));
  });

  it('renders refunds, and identical purchases on the same day', () => {
    const rows = files
      .filter(({ feed }) => feed === 'expenses')
      .flatMap(({ rows }) => rows.map((row) => JSON.stringify(row)));
    expect(rows.filter((row) => row.includes('"description":"Refund"')).length).toBeGreaterThan(5);
    const single = named('expenses', 'ada', '2024.csv').rows.map((row) => JSON.stringify(row));
    expect(single.length).toBeGreaterThan(new Set(single).size);
  });

  it('renders two statements with identical rows in the period that they share', () => {
    const [first, second] = ['statement-2025-01-to-06.csv', 'statement-2025-04-to-09.csv'].map((name) =>
      named('expenses', 'ada', name).rows.filter(({ date }) => '2025-04' < `${date}` && `${date}` < '2025-07'),
    );
    expect(first?.length).toBeGreaterThan(50);
    expect(second).toEqual(first);
  });

  it('renders unique transaction ids', () => {
    const ids = years.flatMap((year) =>
      named('expenses', 'kenji', `card-${year}.csv`).rows.map((row) => row.transaction_id),
    );
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('renders bad rows in only two files, and less than half of the rows in these files are bad', () => {
    const cash = named('expenses', 'maya', 'cash-2025.csv');
    expect(dirtyExpenses.length + raggedExpenses.length).toBeLessThan((cash.rows.length + raggedExpenses.length) / 2);
    const dirtyBudget = named('budgets', 'kenji', '2025.csv');
    expect(dirtyBudget.rows.slice(-dirtyBudgets.length)).toEqual(dirtyBudgets);
  });

  it('compresses one file, without a timestamp', () => {
    const packed = generated.filter(({ path }) => path.endsWith('.gz'));
    expect(packed).toHaveLength(1);
    const bytes = Buffer.from((packed[0] as GeneratedFile).bytes);
    expect(bytes.readUInt32LE(4)).toBe(0);
    expect(gunzipSync(bytes).toString()).toMatch(
      /^date,merchant,category,account,amount,currency,description,country,city\n2023-01-/,
    );
  });
});

describe('formatAmount', () => {
  it.each([
    [1250, 'EUR', '12.50'],
    [-5, 'EUR', '-0.05'],
    [1250, 'JPY', '1250'],
    [0, 'JPY', '0'],
    [1250, 'KWD', '1.250'],
  ])('formats %i minor units of %s as %s', (smallest, currency, written) => {
    expect(formatAmount(smallest, currency)).toBe(written);
  });

  it('rejects an unknown currency', () => {
    expect(() => formatAmount(1, 'XTS')).toThrow('XTS is not a currency of ISO 4217.');
  });
});
