/** What QuickSight calculates itself, since no view has it as a column: times from texts, ratios, last values. */
import type { AnyDimension, AnyLast, AnyRatio, ViewName } from '../model.ts';

/** A column of a data set, or a field that is calculated for it. */
export interface Column {
  readonly name: string;
  /** Missing: the view has the column. */
  readonly expression?: string;
}

/** The time of a dimension: the views tell months as text, which QuickSight cannot put on a line of time. */
export function timeOf({
  column,
  format,
  grain,
  title,
}: Pick<AnyDimension, 'column' | 'format' | 'grain' | 'title'>): Column {
  if (format !== 'month' || grain === 'month') return { name: column };
  return { name: `${title} (time)`, expression: `parseDate(concat({${column}}, "-01"), "yyyy-MM-dd")` };
}

/** A quotient of sums, none unless the denominator is above 0. */
export function ratioOf({ title, numerator, denominator }: AnyRatio): Column {
  return {
    name: title,
    expression: `ifelse(sum({${denominator}}) > 0, sum({${numerator}}) / sum({${denominator}}), NULL)`,
  };
}

/**
 * The value on the last day of each `per`, and NULL on the other days: its sum is what stood at the end. PRE_AGG comes after
 * the filters, so that the end is that of the period which a reader has chosen.
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
 * A text that is never NULL. A filter of QuickSight's takes rows without a value whatever is chosen, or never: neither is
 * right for payments at no known place.
 */
export function knownOf(column: string): Column {
  return { name: `${column} (or unknown)`, expression: `coalesce({${column}}, "unknown")` };
}

/** 1 is Sunday. */
export function weekdayOf(column: string): Column {
  return { name: 'Weekday', expression: `extract("WD", {${column}})` };
}

/** The calculated fields that have come up, each once for its data set. */
export class CalculatedFields {
  readonly #byName = new Map<string, { readonly view: ViewName; readonly name: string; readonly expression: string }>();

  /** Gives the column's name. */
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
