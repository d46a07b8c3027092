/** A statement of some days of one person, always the same for the same number. */

const MERCHANTS = ['Bakery', 'Market', 'Bistro', 'Garage', 'Pharmacy', 'Cinema'];
const HEADER = 'date,merchant,category,account,amount,currency,description,country,city,transaction_id';
const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAY_MS = 86_400_000;
/** So that consecutive statements overlap by dates, as rolling exports do, and are compared when they are published. */
const DAYS = 7;

/** @param number of the statement: it begins so many days after the first, and shares no row with another */
export function smallCsv(rows: number, number: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const date = new Date(FIRST_DAY + (number + (index % DAYS)) * DAY_MS).toISOString().slice(0, 10);
    const merchant = `${MERCHANTS[index % MERCHANTS.length]} ${number}`;
    const amount = `${(index * 7 + number) % 90}.${String((index * 13) % 100).padStart(2, '0')}`;
    return `${date},${merchant},Groceries,Visa,${amount},EUR,Card payment ${index},DE,Berlin,`;
  });
  return `${[HEADER, ...lines].join('\n')}\n`;
}
