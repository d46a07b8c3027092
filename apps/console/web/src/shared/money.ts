/** Formats money. Amounts are decimal strings, which `Intl` formats exactly without converting them to floats. */
const formats = new Map<string, Intl.NumberFormat>();

function getFormat(key: string, make: () => Intl.NumberFormat): Intl.NumberFormat {
  let format = formats.get(key);
  if (!format) {
    format = make();
    formats.set(key, format);
  }
  return format;
}

/** Formats `1234.5000` in EUR as `€1,234.50`. Additional decimals are shown and not rounded. */
export function formatMoney(amount: string, currency: string): string {
  const decimals = amount.includes('.') ? amount.replace(/0+$/, '').length - amount.indexOf('.') - 1 : 0;
  return getMoneyFormat(currency, Math.max(decimals, 0)).format(amount as Intl.StringNumericLiteral);
}

/** Formats an amount with a sign in both directions: `+€1,234.50`, `−€80.00`. */
export function formatSignedMoney(amount: string, currency: string): string {
  const text = formatMoney(amount, currency);
  return isPositive(amount) ? `+${text}` : text;
}

/** Formats an amount briefly for axes and tiles: `€1.2K`. The page must also show the exact amount somewhere. */
export function formatMoneyShort(amount: number, currency: string): string {
  const size = Math.abs(amount);
  const decimals = size >= 1000 ? 1 : size >= 10 ? 0 : 2;
  return getFormat(`short ${currency} ${decimals}`, () =>
    createNumberFormat({
      style: 'currency',
      currency,
      notation: 'compact',
      minimumFractionDigits: 0,
      maximumFractionDigits: decimals,
    }),
  ).format(amount);
}

function getMoneyFormat(currency: string, decimals: number): Intl.NumberFormat {
  return getFormat(`${currency} ${decimals}`, () => {
    const currencyDecimals =
      createNumberFormat({ style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    return createNumberFormat({
      style: 'currency',
      currency,
      minimumFractionDigits: currencyDecimals,
      maximumFractionDigits: Math.max(currencyDecimals, decimals),
    });
  });
}

function createNumberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return new Intl.NumberFormat(undefined, { currencyDisplay: 'narrowSymbol', ...options });
}

export function isNegative(amount: string): boolean {
  return amount.startsWith('-') && /[1-9]/.test(amount);
}

export function isPositive(amount: string): boolean {
  return !amount.startsWith('-') && /[1-9]/.test(amount);
}

/** Converts an amount to a float for drawing only, such as the length of a bar. */
export function toNumber(amount: string | number | null): number | null {
  if (amount === null) return null;
  return Number(amount);
}
