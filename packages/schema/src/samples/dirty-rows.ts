/**
 * Rows with typical mistakes, by header. Each breaks the contract in a different way, which any Frictionless validator finds too.
 */
export const dirtyExpenses: readonly Readonly<Record<string, string>>[] = [
  { date: '2025-02-30', merchant: 'Alberta Co-op', category: 'Groceries', amount: '31.20', currency: 'USD' },
  { date: '03/14/2025', merchant: "Rosa's Tacos", category: 'Eating out', amount: '14.50', currency: 'USD' },
  { date: '2025-04-03', merchant: 'Saturday Market', category: 'Groceries', amount: '1.234,56', currency: 'USD' },
  { date: '2025-04-11', merchant: 'Book City', category: 'Shopping', amount: '', currency: 'USD' },
  { date: '2025-05-02', merchant: '', category: 'Eating out', amount: '8.00', currency: 'USD' },
  { date: '2025-05-09', merchant: 'TriMet', category: 'Transport', amount: '2.80', currency: 'US$' },
  {
    date: '2025-06-21',
    merchant: 'Brick Lane Bagels',
    category: 'Eating out',
    amount: '6.20',
    currency: 'GBP',
    country: 'UK',
  },
  { date: '2025-07-04', merchant: 'Corner Store '.repeat(12), category: 'Groceries', amount: '3.10', currency: 'USD' },
];

/** A budget for a month that does not exist, and a negative one. */
export const dirtyBudgets: readonly Readonly<Record<string, string>>[] = [
  { month: '2025-13', category: 'Groceries', amount: '32000', currency: 'JPY' },
  { month: '2025-12', category: 'Education', amount: '-8800', currency: 'JPY' },
];

/** An expense whose merchant contains a comma without quotes, so the row has one cell too many. */
export const raggedExpenses: readonly string[] = [
  '2025-12-24,Farm stand, Hwy 30,Groceries,Cash,18.00,USD,,US,Portland',
];
