/** What a reader of QuickSight's dashboard may choose, and which column of which view it narrows. */
import type { ParameterDeclaration } from '@aws-sdk/client-quicksight';
import { type ColumnOf, type FilterName, filterColumns, type ViewName, type Visual } from '../model.ts';
import { filterColumnOf } from '../parts.ts';
import { columnsOfView } from './view-columns.ts';

/** A parameter of texts, its control's title and whether several values may be chosen. */
export interface TextParameter {
  readonly name: string;
  readonly title: string;
  readonly several: boolean;
}

const text = (name: string, title: string, several = true): TextParameter => ({ name, title, several });

/** Amounts never add up over currencies: there is one, always. */
export const currency = text('Currency', 'Currency', false);
/** Whose money, among those that row-level security lets the reader see. */
export const owner = text('Owner', 'Owner');
const filters: Readonly<Record<Exclude<FilterName, 'period'>, TextParameter>> = {
  currency,
  category: text('Category', 'Category'),
  account: text('Account', 'Account'),
};
/** Columns that only a drill narrows. */
const narrowing: Readonly<Record<string, TextParameter>> = {
  counterparty: text('Counterparty', 'Merchant or source'),
  country: text('Country', 'Country'),
  city: text('City', 'City'),
};
export const periodParameters = { from: 'From', to: 'To' } as const;

/** The parameter of a filter; undefined for the period, which has two. */
export function parameterOfFilter(filter: FilterName): TextParameter | undefined {
  return filter === 'period' ? undefined : filters[filter];
}

/**
 * The parameter by which a drill narrows a column of a visual: its filter's where it has one. A day has none: a click on it
 * leads to the payments of its month.
 */
export function parameterOfDrill(visual: Visual, column: ColumnOf<ViewName> | string): TextParameter | undefined {
  const filter = (visual.filters as readonly FilterName[]).find(
    (name) => name !== 'period' && filterColumnOf(name, columnsOfView(visual.view)) === column,
  );
  return filter === undefined ? narrowing[column] : parameterOfFilter(filter);
}

/** The columns that visuals read as texts by which one can narrow them, with their parameters. */
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
 * The declarations. Nothing chosen means everything, but for the currency, and for the period: the last twelve months.
 *
 * @param defaultCurrency ISO 4217
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
