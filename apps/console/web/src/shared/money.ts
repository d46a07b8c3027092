/**
 * Money as a person writes it. Amounts come as decimal strings and stay so: `Intl` takes strings exactly, and no amount is
 * ever a float on its way to the page.
 */
const formats = new Map<string, Intl.NumberFormat>();

function formatFor(key: string, make: () => Intl.NumberFormat): Intl.NumberFormat {
  let format = formats.get(key);
  if (!format) {
    format = make();
    formats.set(key, format);
  }
  return format;
}

/** `1234.5000` in EUR: `€1,234.50`. Decimals beyond the currency's own are shown rather than rounded away. */
export function formatMoney(amount: string, currency: string): string {
  const decimals = amount.includes('.') ? amount.replace(/0+$/, '').length - amount.indexOf('.') - 1 : 0;
  return moneyFormat(currency, Math.max(decimals, 0)).format(amount as Intl.StringNumericLiteral);
}

/** With a sign in front of both directions: `+€1,234.50`, `−€80.00`. */
export function formatSignedMoney(amount: string, currency: string): string {
  const text = formatMoney(amount, currency);
  return isPositive(amount) ? `+${text}` : text;
}

/** For axes and small tiles: `€1.2K`. Never the only place where a figure stands. */
export function formatMoneyShort(amount: number, currency: string): string {
  const size = Math.abs(amount);
  const decimals = size >= 1000 ? 1 : size >= 10 ? 0 : 2;
  return formatFor(`short ${currency} ${decimals}`, () =>
    numberFormat({
      style: 'currency',
      currency,
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: decimals,
    }),
  ).format(amount);
}

function moneyFormat(currency: string, decimals: number): Intl.NumberFormat {
  return formatFor(`${currency} ${decimals}`, () => {
    const own = numberFormat({ style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    return numberFormat({
      style: 'currency',
      currency,
      minimumFractionDigits: own,
      maximumFractionDigits: Math.max(own, decimals),
    });
  });
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, { currencyDisplay: 'narrowSymbol', ...options });
}

export function isNegative(amount: string): boolean {
  return amount.startsWith('-') && /[1-9]/.test(amount);
}

export function isPositive(amount: string): boolean {
  return !amount.startsWith('-') && /[1-9]/.test(amount);
}

/** For pixels alone: the length of a bar, the shade of a square. */
export function toNumber(amount: string | number | null): number | null {
  if (amount === null) return null;
  return Number(amount);
}
