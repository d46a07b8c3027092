/** The parameters that a reader of the QuickSight dashboard may set, and the columns that they narrow. */
import type { ParameterDeclaration } from '@aws-sdk/client-quicksight';
import { type ColumnOf, type FilterName, filterColumns, type ViewName, type Visual } from '../model.ts';
import { filterColumnOf } from '../parts.ts';
import { columnsOfView } from './view-columns.ts';

/** A text parameter, with the title of its control and whether a reader may choose several values. */
export interface TextParameter {
  readonly name: string;
  readonly title: string;
  readonly several: boolean;
}

const text = (name: string, title: string, several = true): TextParameter => ({ name, title, several });

/** The currency. It always has exactly one value, because amounts are never summed over currencies. */
export const currency = text('Currency', 'Currency', false);
/** The owners whose money is shown. Row-level security decides which owners a reader may choose. */
export const owner = text('Owner', 'Owner');
const filters: Readonly<Record<Exclude<FilterName, 'period'>, TextParameter>> = {
  currency,
  category: text('Category', 'Category'),
  account: text('Account', 'Account'),
};
/** The parameters of columns that only a drill filters. */
const narrowing: Readonly<Record<string, TextParameter>> = {
  counterparty: text('Counterparty', 'Merchant or source'),
  country: text('Country', 'Country'),
  city: text('City', 'City'),
};
export const periodParameters = { from: 'From', to: 'To' } as const;

/** Returns the parameter of a filter, or undefined for the period, which has two parameters. */
export function parameterOfFilter(filter: FilterName): TextParameter | undefined {
  return filter === 'period' ? undefined : filters[filter];
}

/**
 * Returns the parameter that a drill sets to narrow a visual by a column.
 *
 * If the column has a filter, this function returns the filter's parameter. Day columns have no parameter, so a click on a
 * day opens the payments of the whole month.
 */
export function parameterOfDrill(visual: Visual, column: ColumnOf<ViewName> | string): TextParameter | undefined {
  const filter = (visual.filters as readonly FilterName[]).find(
    (name) => name !== 'period' && filterColumnOf(name, columnsOfView(visual.view)) === column,
  );
  return filter === undefined ? narrowing[column] : parameterOfFilter(filter);
}

/** Returns the text columns by which a visual can be narrowed, with their parameters. */
export function narrowingOf(visual: Visual): readonly { readonly column: string; readonly parameter: TextParameter }[] {
  const own = (visual.narrowedBy ?? []).flatMap((column) => {
    const parameter = narrowing[column];
    return parameter === undefined ? [] : [{ column: column as string, parameter }];
  });
  const chosen = (visual.filters as readonly FilterName[]).flatMap((filter) => {
    const parameter = parameterOfFilter(filter);
    const [column] = filterColumns[filter];
    return parameter === undefined ? [] : [{ column: column as string, parameter }];
  });
  return [{ column: 'owner', parameter: owner }, ...chosen, ...own];
}

/**
 * Returns the declarations of all parameters.
 *
 * A parameter that is not set selects all values, with two exceptions: the currency has a default, and the default
 * period is
 * the last twelve months.
 *
 * @param defaultCurrency the ISO 4217 code of the default currency
 */
export function declarations(defaultCurrency: string): ParameterDeclaration[] {
  const texts = [owner, ...Object.values(filters), ...Object.values(narrowing)].map(
    ({ name, several }): ParameterDeclaration => ({
      StringParameterDeclaration: {
        Name: name,
        ParameterValueType: several ? 'MULTI_VALUED' : 'SINGLE_VALUED',
        ...(several ? {} : { DefaultValues: { StaticValues: [defaultCurrency] } }),
        ValueWhenUnset: { ValueWhenUnsetOption: 'RECOMMENDED_VALUE' },
      },
    }),
  );
  const month = (name: string, expression: string): ParameterDeclaration => ({
    DateTimeParameterDeclaration: {
      Name: name,
      TimeGranularity: 'MONTH',
      DefaultValues: { RollingDate: { Expression: expression } },
    },
  });
  return [
    ...texts,
    month(periodParameters.from, "addDateTime(-11, 'MM', truncDate('MM', now()))"),
    month(periodParameters.to, "truncDate('MM', now())"),
  ];
}
