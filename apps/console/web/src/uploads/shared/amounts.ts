/** Formats sums of a whole upload. The sums add all currencies, so they are checksums and not amounts of money. */
const format = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** Formats `5237.9000` as `5,237.90`. `Intl` formats decimal strings exactly. */
export function formatCheckSum(amount: string): string {
  return format.format(amount as Intl.StringNumericLiteral);
}

/** Returns the file's name from an object key: `raw/expenses/owner=ada/trips/lisbon.csv` gives `trips/lisbon.csv`. */
export function getFileName(objectKey: string): string {
  return objectKey.replace(/^raw\/[^/]*\/(owner=[^/]*\/)?/, '');
}
