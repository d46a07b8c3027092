const integers = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const percents = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const seconds = new Intl.NumberFormat(undefined, { style: 'unit', unit: 'second', maximumFractionDigits: 2 });
const bytes = (['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const).map(
  (unit) =>
    new Intl.NumberFormat(undefined, {
      style: 'unit',
      unit,
      // Uses the long form for bytes, because the short form has no plural: “846 byte”.
      ...(unit === 'byte' ? { unitDisplay: 'long', maximumFractionDigits: 0 } : { maximumFractionDigits: 1 }),
    }),
);
const dollars = new Intl.NumberFormat(undefined, {
  style: 'currency',
  currency: 'USD',
  currencyDisplay: 'narrowSymbol',
  maximumFractionDigits: 4,
});

export const formatInteger = (value: string | number): string => integers.format(Number(value));

/** Formats a count with its noun: `1 row`, `2 rows`. */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatInteger(count)} ${count === 1 ? singular : plural}`;
}

/** Formats a ratio: `0.4423` is `44.2%`. */
export const formatPercent = (ratio: string | number): string => percents.format(Number(ratio));

export const formatSeconds = (value: string | number): string => seconds.format(Number(value));

/** Formats a cost on AWS in US dollars. */
export const formatCost = (value: string | number): string => dollars.format(Number(value));

export function formatBytes(count: number): string {
  const step = count < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(count) / 3));
  return bytes[step]?.format(count / 1000 ** step) ?? String(count);
}
