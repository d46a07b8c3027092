/** What a person reads about a cell that is wrong: what is wrong, and what to write instead. The words are the job's. */
import type { FaultCode } from './cell-checks.ts';
import type { Column } from './contract.ts';
import { first, lengthOf, quoted, WHITE_SPACE, withCommas } from './job-text.ts';

const SHOWN_LENGTH = 40;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const S = WHITE_SPACE;

const NUMBER_HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    whole(`-?[0-9.${S}\\u00a0\\u202f']*,[0-9]{1,4}`),
    'use a point for the decimals and no thousands separator, as 1234.56',
  ],
  [
    whole(`-?[0-9]{1,3}([,${S}\\u00a0\\u202f'][0-9]{3})+(\\.[0-9]+)?`),
    'leave out the thousands separators, as 1234.56',
  ],
  [whole('\\([0-9.,]+\\)'), 'write a negative amount with a minus, as -12.00'],
  [whole('[+-]?[0-9.]+[eE][+-]?[0-9]+'), 'write all its digits rather than an exponent'],
  [
    whole(`[^0-9]*[$€£¥₡₹][^0-9]*[0-9][^\\n]*|[^\\n]*[0-9][${S}]*[$€£¥₡₹]`),
    'leave out the currency sign; the column currency says it',
  ],
  [whole(`[${S}][^\\n]*|[^\\n]*[${S}]`), 'remove the spaces around it'],
  [whole('[=+@][^\\n]*'), 'write the number itself, without a sign or formula before it'],
];

/** The message of a fault of a column's cell. */
export function faultMessage(code: FaultCode, column: Column, text: string): string {
  const { header } = column;
  const shown = quoted(text, SHOWN_LENGTH);
  switch (code) {
    case 'missing_value':
      return `${header} is empty: every row needs it.`;
    case 'bad_date':
      return dateMessage(header, text, shown);
    case 'bad_month':
      return `${header} ${shown} is no month: write it as YYYY-MM.`;
    case 'bad_number':
      return `${header} ${shown} is no number: ${numberHint(text)}.`;
    case 'number_too_large':
      return `${header} ${shown} has over ${column.integerDigits} digits before the point.`;
    case 'too_many_decimals':
      return (
        `${header} ${shown} has more decimals than its currency: nothing is rounded silently, ` +
        'write the amount that was paid.'
      );
    case 'number_too_small':
      return `${header} ${shown} is below ${column.minimum}.`;
    case 'unknown_currency':
      return `${header} ${shown} is no ISO 4217 code: write three capital letters, as EUR.`;
    case 'unknown_value': {
      const allowed = column.allowed ?? [];
      const examples = allowed.slice(0, 3).join(', ');
      return `${header} ${shown} is none of the ${allowed.length} allowed values (${examples}, …).`;
    }
    case 'control_character': {
      const code = CONTROL_CHARACTER.exec(text)?.[0].charCodeAt(0) ?? 0;
      return `${header} holds the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}: remove it.`;
    }
    case 'too_long':
      return `${header} has ${withCommas(lengthOf(text))} characters, over ${column.maxLength}: shorten it.`;
  }
}

/** The message of a row with too few or too many cells. */
export function raggedMessage(cells: number, headers: number): string {
  return `The row has ${cells} cells where the header has ${headers}: check its commas, and quote cells that hold one.`;
}

function dateMessage(header: string, text: string, shown: string): string {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) {
    return `${header} ${text} is no day of the calendar: write a real one as YYYY-MM-DD.`;
  }
  if (/^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}$/.test(text)) {
    return `${header} ${text} is ambiguous (day or month first?): write it as YYYY-MM-DD.`;
  }
  return `${header} ${shown} is no date: write it as YYYY-MM-DD.`;
}

function numberHint(text: string): string {
  const shown = first(text, SHOWN_LENGTH);
  const [, hint = 'write it with digits and a point, as 1234.56'] =
    NUMBER_HINTS.find(([pattern]) => pattern.test(shown)) ?? [];
  return hint;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}
