import type { Person } from './person.ts';

interface Answer {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Returns the spending of a month from the dashboard's visual, or null if the month has no spending. */
export async function fetchSpending(person: Person, month: string, currency: string): Promise<string | null> {
  const answer = (await person.get(
    `/api/visuals/expense-figure?currency=${currency}&from=${month}&to=${month}`,
  )) as Answer;
  const value = answer.rows.at(-1)?.at(-1) ?? null;
  return value === null ? null : String(value);
}
