/** How figures and labels are written in QuickSight. */
import type { DateTimeFormatConfiguration, NumericFormatConfiguration } from '@aws-sdk/client-quicksight';
import type { Format } from '../model.ts';

const separators = {
  DecimalSeparator: 'DOT',
  ThousandsSeparator: { Symbol: 'COMMA', Visibility: 'VISIBLE' },
} as const;

/** A number of decimals for all currencies: QuickSight knows no currency of a row. The currency stands in its control. */
const withDecimals = (places: number): NumericFormatConfiguration => ({
  NumberDisplayFormatConfiguration: {
    SeparatorConfiguration: separators,
    DecimalPlacesConfiguration: { DecimalPlaces: places },
    NegativeValueConfiguration: { DisplayMode: 'NEGATIVE' },
  },
});

/** The format of a figure; undefined for what is no number. */
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

/** The format of a time; undefined for what is none. */
export function dateFormat(format: Format): DateTimeFormatConfiguration | undefined {
  const formats: Partial<Record<Format, string>> = {
    month: 'YYYY-MM',
    date: 'YYYY-MM-DD',
    moment: 'YYYY-MM-DD HH:mm:ss',
  };
  const known = formats[format];
  return known === undefined ? undefined : { DateTimeFormat: known };
}
