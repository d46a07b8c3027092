/**
 * The canary plan: the uploads and the expected results. Each release contains a plan for its feeds. After a rollback,
 * the canary uses the plan of the earlier release.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { divideUnits, formatUnits, parseDecimal } from '@centflow/preview/decimal';
import type { Feed } from '@centflow/schema';
import { type FeedName, feeds } from '@centflow/schema/feeds';
import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import { ReleaseError } from '../release/release-error.ts';

/** The name of the canary plan's file in the folder of a release. */
export const CANARY_PLAN = 'canary.json';

const FORMAT = 1;
/** The number of decimal places of an amount in the database. */
export const SCALE = 4;
const decimal = z.string().regex(/^-?\d+\.\d{4}$/);
const file = z.strictObject({
  csv: z.string(),
  rows: z.int().min(1),
  /** The sum of the rows' amounts over all currencies, as in `v_upload_accounting`. */
  amount: decimal,
});
const month = z.strictObject({
  month: z.string(),
  currency: z.string(),
  income: decimal,
  expense: decimal,
  net: decimal,
  savings_rate: decimal.nullable(),
});
const canaryPlan = z.strictObject({
  format: z.literal(FORMAT),
  /** One file of each feed, and its corrected version. */
  feeds: z.array(z.strictObject({ feed: z.string().regex(/^[a-z][a-z0-9_]*$/), first: file, correction: file })).min(1),
  /** The rows of `v_monthly_cash_flow` after the upload of the first files, and after the upload of the corrections. */
  cashFlow: z.strictObject({ first: z.array(month), correction: z.array(month) }),
});

export type CanaryPlan = z.infer<typeof canaryPlan>;
/** A file to upload, and its expected accounting. */
export type CanaryFile = z.infer<typeof file>;
/** A row of `v_monthly_cash_flow` without its owner. */
export type CashFlowMonth = z.infer<typeof month>;

/** Whether a value applies before the correction (`first`) or after it (`correction`). */
export type Round = 'first' | 'correction';

/** The feeds whose sums make up the monthly cash flow. */
const cashFlowOf = { income: 'incomes', expense: 'expenses' } as const satisfies Record<string, FeedName>;

/** The number of rows per file. Several rows make the loss of a single row visible. */
const ROWS = { least: 3, most: 5 } as const;

type Row = Readonly<Record<string, string>>;
type Planned = Pick<Feed, 'name' | 'headers' | 'period' | 'amount' | 'currency' | 'samples'>;

/** Creates the plan from the feeds' samples. The next release's canary therefore includes a new feed automatically. */
export function planCanary(known: Readonly<Record<FeedName, Planned>> = feeds): CanaryPlan {
  const planned = Object.values(known).sort((one, other) => (one.name < other.name ? -1 : 1));
  return {
    format: FORMAT,
    feeds: planned.map((feed) => ({
      feed: feed.name,
      first: fileOf(feed, firstRows(feed)),
      correction: fileOf(feed, correctedRows(feed)),
    })),
    cashFlow: { first: cashFlow(known, firstRows), correction: cashFlow(known, correctedRows) },
  };
}

/** Returns the text of `canary.json`. */
export function renderCanaryPlan(plan: CanaryPlan): string {
  return `${JSON.stringify(plan, undefined, 2)}\n`;
}

/**
 * Reads the canary plan of a release.
 *
 * @throws {ReleaseError} the release has no valid canary plan.
 */
export async function readCanaryPlan({ folder }: { readonly folder: string }): Promise<CanaryPlan> {
  const path = join(folder, CANARY_PLAN);
  try {
    return canaryPlan.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new ReleaseError(`${path} is not a valid canary plan. Build the release again: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Returns the samples, repeated if a feed has too few. A row that occurs twice in a file counts twice. */
function firstRows({ samples }: Planned): Row[] {
  const count = Math.min(Math.max(samples.length, ROWS.least), ROWS.most);
  return Array.from({ length: count }, (_, index) => samples[index % samples.length] as Row);
}

/** Adds one unit to the amount of the first row. This satisfies the rules of every feed, and changes the sum. */
function correctedRows(feed: Planned): Row[] {
  const [first, ...others] = firstRows(feed) as [Row, ...Row[]];
  const amount = first[feed.amount] as string;
  const decimals = amount.split('.')[1]?.length ?? 0;
  const more = formatUnits(parseDecimal(amount, decimals) + 10n ** BigInt(decimals), decimals);
  return [{ ...first, [feed.amount]: more }, ...others];
}

function fileOf(feed: Planned, rows: readonly Row[]): CanaryFile {
  const columns = feed.headers.map(({ header }) => header);
  return {
    csv: stringify([...rows], { header: true, columns, record_delimiter: 'unix' }),
    rows: rows.length,
    amount: formatUnits(
      rows.reduce((sum, row) => sum + parseDecimal(row[feed.amount] as string, SCALE), 0n),
      SCALE,
    ),
  };
}

function cashFlow(known: Readonly<Record<FeedName, Planned>>, rowsOf: (feed: Planned) => Row[]): CashFlowMonth[] {
  const sums = new Map<string, { income: bigint; expense: bigint }>();
  for (const side of ['income', 'expense'] as const) {
    const feed = known[cashFlowOf[side]];
    for (const row of rowsOf(feed)) {
      const key = `${(row[feed.period] as string).slice(0, 7)} ${row[feed.currency]}`;
      const sum = sums.get(key) ?? { income: 0n, expense: 0n };
      sum[side] += parseDecimal(row[feed.amount] as string, SCALE);
      sums.set(key, sum);
    }
  }
  return [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, sum]) => monthOf(key, sum));
}

function monthOf(key: string, { income, expense }: { income: bigint; expense: bigint }): CashFlowMonth {
  const [month = '', currency = ''] = key.split(' ');
  const net = income - expense;
  return {
    month,
    currency,
    income: formatUnits(income, SCALE),
    expense: formatUnits(expense, SCALE),
    net: formatUnits(net, SCALE),
    savings_rate: income > 0n ? formatUnits(divideUnits(net * 10n ** BigInt(SCALE), income), SCALE) : null,
  };
}
