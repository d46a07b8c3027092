/**
 * Fields that QuickSight calculates because no view has them as a column: times from strings, ratios and last values.
 */
import type { AnyDimension, AnyLast, AnyRatio, ViewName } from '../model.ts';

/** A column of a data set, or a field that QuickSight calculates for the data set. */
export interface Column {
  readonly name: string;
  /** The expression of the calculated field; undefined if the view has the column. */
  readonly expression?: string;
}

/** Returns a dimension as a time. Views store months as text, which QuickSight cannot draw on a time axis. */
export function timeOf({
  column,
  format,
  grain,
  title,
}: Pick<AnyDimension, 'column' | 'format' | 'grain' | 'title'>): Column {
  if (format !== 'month' || grain === 'month') return { name: column };
  return { name: `${title} (time)`, expression: `parseDate(concat({${column}}, "-01"), "yyyy-MM-dd")` };
}

/** Returns a quotient of sums. It is NULL unless the denominator is positive. */
export function ratioOf({ title, numerator, denominator }: AnyRatio): Column {
  return {
    name: title,
    expression: `ifelse(sum({${denominator}}) > 0, sum({${numerator}}) / sum({${denominator}}), NULL)`,
  };
}

/**
 * Returns the value on the last day of each `per`, and NULL on all other days. The sum is then the value at the end.
 *
 * PRE_AGG is evaluated after the filters, so "the end" means the end of the period that the reader chose.
 */
export function lastOf({ column, per, by, title }: AnyLast, dimensions: readonly AnyDimension[]): Column {
  const month = dimensions.find(({ grain }) => grain === 'month');
  const within = ['{owner}', '{currency}', `{${per}}`, ...(month ? [`truncDate("MM", {${month.column}})`] : [])];
  return {
    name: month ? `${title} at the end of the month` : `${title} at the end`,
    expression: `ifelse({${by}} = maxOver({${by}}, [${within.join(', ')}], PRE_AGG), {${column}}, NULL)`,
  };
}

/**
 * Returns an expression that replaces NULL with "unknown".
 *
 * A QuickSight filter either always or never keeps rows with NULL. Neither is right for payments without a known place.
 */
export function knownOf(column: string): Column {
  return { name: `${column} (or unknown)`, expression: `coalesce({${column}}, "unknown")` };
}

/** Returns the day of the week, where 1 is Sunday. */
export function weekdayOf(column: string): Column {
  return { name: 'Weekday', expression: `extract("WD", {${column}})` };
}

/** Collects the calculated fields of the definition, without duplicates. */
export class CalculatedFields {
  readonly #byName = new Map<string, { readonly view: ViewName; readonly name: string; readonly expression: string }>();

  /** Adds the calculated field of a column if it has an expression, and returns the column's name. */
  use(view: ViewName, { name, expression }: Column): string {
    if (expression !== undefined) {
      const known = this.#byName.get(`${view} ${name}`);
      if (known !== undefined && known.expression !== expression) {
        throw new Error(`${view} would have two calculated fields ${name}: give one of them another title.`);
      }
      this.#byName.set(`${view} ${name}`, { view, name, expression });
    }
    return name;
  }

  get all() {
    return [...this.#byName.values()];
  }
}
