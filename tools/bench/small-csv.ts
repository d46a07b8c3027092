/** Generates CSV files with a few days of one person. The same number always gives the same rows. */
const MERCHANTS = ['Bakery', 'Market', 'Bistro', 'Garage', 'Pharmacy', 'Cinema'];
const HEADER = 'date,merchant,category,account,amount,currency,description,country,city,transaction_id';
const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAY_MS = 86_400_000;
/**
 * The number of days in a file. Consecutive files overlap, like rolling exports, so each publication must compare rows.
 */
const DAYS = 7;

/** @param number the days between the first statement and this one. No two statements share a row. */
export function smallCsv(rows: number, number: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const date = new Date(FIRST_DAY + (number + (index % DAYS)) * DAY_MS).toISOString().slice(0, 10);
    const merchant = `${MERCHANTS[index % MERCHANTS.length]} ${number}`;
    const amount = `${(index * 7 + number) % 90}.${String((index * 13) % 100).padStart(2, '0')}`;
    return `${date},${merchant},Groceries,Visa,${amount},EUR,Card payment ${index},DE,Berlin,`;
  });
  return `${[HEADER, ...lines].join('\n')}\n`;
}
