/** The messages about wrong cells: what is wrong and what to write instead. The job has the same messages. */
import type { FaultCode } from './cell-checks.ts';
import type { Column } from './contract.ts';
import { first, formatCount, lengthOf, quoteText, strip, WHITE_SPACE } from './job-text.ts';

const SHOWN_LENGTH = 40;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern finds control characters
const CONTROL_CHARACTER = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const S = WHITE_SPACE;

/**
 * Common wrong codes of currencies and countries, with the code to suggest. The job's `validate.py` has the same list.
 */
const CODE_ALIASES: ReadonlyMap<string, string> = new Map([
  ...([
    ['€', 'EUR'],
    ['EURO', 'EUR'],
    ['RMB', 'CNY'],
    ['UK', 'GB'],
    ['EL', 'GR'],
    ['USA', 'US'],
    ['UAE', 'AE'],
  ] as const),
]);

const NUMBER_HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [
    whole(`-?[0-9.${S}\\u00a0\\u202f']*,[0-9]{1,4}`),
    'use a point for decimals and no thousands separator, such as 1234.56',
  ],
  [
    whole(`-?[0-9]{1,3}([,${S}\\u00a0\\u202f'][0-9]{3})+(\\.[0-9]+)?`),
    'write it without thousands separators, such as 1234.56',
  ],
  [whole('\\([0-9.,]+\\)'), 'write a negative amount with a minus sign, such as -12.00'],
  [whole('[+-]?[0-9.]+[eE][+-]?[0-9]+'), 'write all its digits instead of an exponent'],
  [
    whole(`[^0-9]*[$€£¥₡₹][^0-9]*[0-9][^\\n]*|[^\\n]*[0-9][${S}]*[$€£¥₡₹]`),
    'remove the currency sign and use the currency column instead',
  ],
  [whole(`[${S}][^\\n]*|[^\\n]*[${S}]`), 'remove the spaces around it'],
  [whole('[=+@][^\\n]*'), 'remove the sign or formula before the number'],
];

/** Returns the message for a wrong cell. */
export function faultMessage(code: FaultCode, column: Column, text: string): string {
  const { header } = column;
  const shown = quoteText(text, SHOWN_LENGTH);
  switch (code) {
    case 'missing_value':
      return `${header} is empty; every row needs a value here.`;
    case 'bad_date':
      return dateMessage(header, text, shown);
    case 'bad_month':
      return `${header} ${shown} is not a month; write it as YYYY-MM.`;
    case 'bad_number':
      return `${header} ${shown} is not a number; ${numberHint(text)}.`;
    case 'number_too_large':
      return `${header} ${shown} has more than ${column.integerDigits} digits before the point; check the amount.`;
    case 'too_many_decimals':
      return (
        `${header} ${shown} has more decimals than its currency allows; write the amount that was paid, ` +
        'because nothing is rounded.'
      );
    case 'number_too_small':
      return `${header} ${shown} is too small; the minimum is ${column.minimum}.`;
    case 'unknown_currency':
      return (
        `${header} ${shown} is not a currency code` +
        codeAdvice(column, text, 'use three capital letters from ISO 4217, such as EUR.')
      );
    case 'unknown_value': // The only other closed list of contracts is that of ISO 3166 countries.
      return (
        `${header} ${shown} is not a country code` +
        codeAdvice(column, text, 'use two capital letters from ISO 3166, such as DE.')
      );
    case 'control_character': {
      const code = CONTROL_CHARACTER.exec(text)?.[0].charCodeAt(0) ?? 0;
      return `${header} contains the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}; remove it.`;
    }
    case 'too_long':
      return `${header} has ${formatCount(lengthOf(text))} characters, but at most ${column.maxLength} are allowed; shorten it.`;
  }
}

/** Returns the message for a row with too few or too many cells. */
export function raggedMessage(cells: number, headers: number): string {
  return `The row has ${cells} cells, but the header has ${headers}. Check its commas, and quote cells that contain one.`;
}

function dateMessage(header: string, text: string, shown: string): string {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) {
    return `${header} ${text} does not exist; use a real date as YYYY-MM-DD.`;
  }
  if (/^[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}$/.test(text)) {
    return `${header} ${text} is ambiguous (day or month first?); write it as YYYY-MM-DD.`;
  }
  return `${header} ${shown} is not a date; write it as YYYY-MM-DD.`;
}

function codeAdvice(column: Column, text: string, use: string): string {
  const code = similarCode(text, column.allowed ?? []);
  return code === undefined ? `; ${use}` : `. Did you mean ${code}?`;
}

/** Returns the allowed code that the person probably meant. */
function similarCode(text: string, allowed: readonly string[]): string | undefined {
  let word = strip(first(text, SHOWN_LENGTH));
  if (/^[A-Za-z]+$/.test(word)) word = word.toUpperCase();
  const code = CODE_ALIASES.get(word) ?? word;
  return allowed.includes(code) ? code : undefined;
}

function numberHint(text: string): string {
  const shown = first(text, SHOWN_LENGTH);
  const [, hint = 'write it with digits and a point, such as 1234.56'] =
    NUMBER_HINTS.find(([pattern]) => pattern.test(shown)) ?? [];
  return hint;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}
