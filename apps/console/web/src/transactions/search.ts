/** The search of transactions, which the page's address stores. */
export interface TransactionSearch {
  readonly q?: string;
  readonly from?: string;
  readonly to?: string;
  readonly kind?: 'income' | 'expense';
  readonly category?: string;
  readonly account?: string;
  readonly currency?: string;
  readonly min?: string;
  readonly max?: string;
}

const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
const isBound = (value: string) => /^-?\d{1,15}(\.\d{1,4})?$/.test(value);

export function parseTransactionSearch(search: Record<string, unknown>): TransactionSearch {
  const text = (name: string) => {
    const value = search[name];
    return value === undefined || value === null || value === '' ? undefined : String(value);
  };
  const { from, to, kind } = search;
  const currency = text('currency');
  const fields: Record<keyof TransactionSearch, string | undefined> = {
    q: text('q')?.slice(0, 100),
    from: isDay(from) ? from : undefined,
    to: isDay(to) ? to : undefined,
    kind: kind === 'income' || kind === 'expense' ? kind : undefined,
    category: text('category'),
    account: text('account'),
    currency: currency !== undefined && /^[A-Z]{3}$/.test(currency) ? currency : undefined,
    min: parseBound(text('min')),
    max: parseBound(text('max')),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function parseBound(value: string | undefined): string | undefined {
  return value !== undefined && isBound(value) ? value : undefined;
}
