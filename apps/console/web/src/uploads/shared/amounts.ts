/** Sums of a whole upload. They run over all its currencies, so they carry none: check sums, not money. */
const format = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** `5237.9000`: `5,237.90`. Exact: a string stays a string on its way through `Intl`. */
export function formatCheckSum(amount: string): string {
  return format.format(amount as Intl.StringNumericLiteral);
}

/** `raw/expenses/owner=ada/trips/lisbon.csv`: `trips/lisbon.csv`, as its owner knows it. */
export function getFileName(objectKey: string): string {
  return objectKey.replace(/^raw\/[^/]*\/(owner=[^/]*\/)?/, '');
}
