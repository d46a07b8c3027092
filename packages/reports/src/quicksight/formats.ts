/** The formats of figures and labels in QuickSight. */
import type { DateTimeFormatConfiguration, NumericFormatConfiguration } from '@aws-sdk/client-quicksight';
import type { Format } from '../model.ts';

const separators = {
  DecimalSeparator: 'DOT',
  ThousandsSeparator: { Symbol: 'COMMA', Visibility: 'VISIBLE' },
} as const;

/**
 * All amounts have the same number of decimals, because QuickSight does not know a row's currency. The currency control
 * shows the currency.
 */
const withDecimals = (places: number): NumericFormatConfiguration => ({
  NumberDisplayFormatConfiguration: {
    SeparatorConfiguration: separators,
    DecimalPlacesConfiguration: { DecimalPlaces: places },
    NegativeValueConfiguration: { DisplayMode: 'NEGATIVE' },
  },
});

/** Returns the format of a figure, or undefined if it is not a number. */
export function numberFormat(format: Format): NumericFormatConfiguration | undefined {
  if (format === 'money') return withDecimals(2);
  if (format === 'integer') return withDecimals(0);
  if (format !== 'percent') return undefined;
  return {
    PercentageDisplayFormatConfiguration: {
      SeparatorConfiguration: separators,
      DecimalPlacesConfiguration: { DecimalPlaces: 1 },
      NegativeValueConfiguration: { DisplayMode: 'NEGATIVE' },
    },
  };
}

/** Returns the format of a time, or undefined if the label is not a time. */
export function dateFormat(format: Format): DateTimeFormatConfiguration | undefined {
  const formats: Partial<Record<Format, string>> = {
    month: 'YYYY-MM',
    date: 'YYYY-MM-DD',
    moment: 'YYYY-MM-DD HH:mm:ss',
  };
  const known = formats[format];
  return known === undefined ? undefined : { DateTimeFormat: known };
}
