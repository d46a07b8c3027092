/** The filter groups of the sheets. Each column of each data set has its own group. */
import type { Filter, FilterGroup } from '@aws-sdk/client-quicksight';
import type { FilterName, ViewName, Visual } from '../model.ts';
import { filterColumnOf } from '../parts.ts';
import { type CalculatedFields, knownOf, timeOf } from './calculated-fields.ts';
import { drawnView } from './drills.ts';
import { narrowingOf, periodParameters } from './parameters.ts';
import { columnsOfView } from './view-columns.ts';

/** A sheet and the visuals to filter. */
export interface FilteredSheet {
  readonly id: string;
  readonly visuals: readonly Visual[];
}

/** Returns all filter groups of a dashboard. */
export function filterGroups(sheets: readonly FilteredSheet[], calculated: CalculatedFields): FilterGroup[] {
  const groups = new Map<string, { filter: Filter; visuals: Map<string, string[]> }>();
  const scope = (id: string, filter: Filter, sheet: string, visual: Visual) => {
    const group = groups.get(id) ?? { filter, visuals: new Map<string, string[]>() };
    group.visuals.set(sheet, [...(group.visuals.get(sheet) ?? []), visual.id]);
    groups.set(id, group);
  };

  for (const sheet of sheets) {
    for (const visual of sheet.visuals) {
      const view = drawnView(visual);
      for (const [column, value] of Object.entries(visual.only ?? {})) {
        const id = `${view}-only-${column}-${value}`;
        scope(id, onlyWhere(id, view, column, value ?? ''), sheet.id, visual);
      }
      for (const { column, parameter } of narrowingOf(visual)) {
        const id = `${view}-${column}`;
        const name = withoutValue.has(column) ? calculated.use(view, knownOf(column)) : column;
        scope(id, whereChosen(id, view, name, parameter.name), sheet.id, visual);
      }
      if ((visual.filters as readonly FilterName[]).includes('period')) {
        const id = `${view}-period`;
        scope(id, inPeriod(id, view, calculated), sheet.id, visual);
      }
    }
  }
  return [...groups].map(([id, { filter, visuals }]) => ({
    FilterGroupId: id,
    Filters: [filter],
    ScopeConfiguration: {
      SelectedSheets: {
        SheetVisualScopingConfigurations: [...visuals].map(([sheet, ids]) => ({
          SheetId: sheet,
          Scope: 'SELECTED_VISUALS',
          VisualIds: ids,
        })),
      },
    },
    Status: 'ENABLED',
    CrossDataset: 'SINGLE_DATASET',
  }));
}

const columnIn = (view: ViewName, column: string) => ({ DataSetIdentifier: view, ColumnName: column });

function onlyWhere(id: string, view: ViewName, column: string, value: string): Filter {
  return {
    CategoryFilter: {
      FilterId: id,
      Column: columnIn(view, column),
      Configuration: { FilterListConfiguration: { MatchOperator: 'CONTAINS', CategoryValues: [value] } },
    },
  };
}

/** The columns that may be empty in a file. */
const withoutValue: ReadonlySet<string> = new Set(['country', 'city']);

function whereChosen(id: string, view: ViewName, column: string, parameter: string): Filter {
  return {
    CategoryFilter: {
      FilterId: id,
      Column: columnIn(view, column),
      Configuration: {
        CustomFilterConfiguration: { MatchOperator: 'EQUALS', ParameterName: parameter, NullOption: 'NON_NULLS_ONLY' },
      },
    },
  };
}

/** Returns a filter for whole months. The first and the last month are inclusive. */
function inPeriod(id: string, view: ViewName, calculated: CalculatedFields): Filter {
  const column = filterColumnOf('period', columnsOfView(view)) ?? 'month';
  const isMonth = column === 'month' || column === 'month_received';
  const title = column === 'month' ? 'Month' : 'Received';
  const name = isMonth ? calculated.use(view, timeOf({ column: column as 'month', format: 'month', title })) : column;
  return {
    TimeRangeFilter: {
      FilterId: id,
      Column: columnIn(view, name),
      RangeMinimumValue: { Parameter: periodParameters.from },
      RangeMaximumValue: { Parameter: periodParameters.to },
      IncludeMinimum: true,
      IncludeMaximum: true,
      NullOption: 'NON_NULLS_ONLY',
      TimeGranularity: 'MONTH',
    },
  };
}
