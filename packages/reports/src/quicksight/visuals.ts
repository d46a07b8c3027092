/** Renders each kind of visual as a QuickSight visual. */
import type {
  ColumnHierarchy,
  DimensionField,
  FieldSortOptions,
  Visual as QuickSightVisual,
  VisualCustomAction,
} from '@aws-sdk/client-quicksight';
import type { AnyDimension, Visual } from '../model.ts';
import { dimensionsOf, isRatio, nameOf, valuesOf } from '../parts.ts';
import { type CalculatedFields, weekdayOf } from './calculated-fields.ts';
import { clickOf } from './clicks.ts';
import { layerOf } from './drills.ts';
import { Fields, fieldId } from './fields.ts';

type Sort = 'ASC' | 'DESC';

/** Returns a QuickSight visual, and adds the calculated fields that it needs to `calculated`. */
export function drawVisual(visual: Visual, calculated: CalculatedFields): QuickSightVisual {
  const fields = new Fields(visual, calculated);
  const layer = layerOf(visual);
  const hierarchyId = `${visual.id}-layers`;
  const dimension = (part: AnyDimension): DimensionField =>
    fields.dimension(part, layer?.from === part.column ? hierarchyId : undefined);
  const measures = valuesOf(visual).map((value) => fields.measure(value));
  const sortBy = (name: string, direction: Sort): FieldSortOptions[] => [
    { FieldSort: { FieldId: fieldId(visual, name), Direction: direction } },
  ];
  const [first] = dimensionsOf(visual);
  const [value] = valuesOf(visual);
  const byTime = first?.format === 'month' || first?.format === 'date';
  const order = first && value ? (byTime ? sortBy(first.column, 'ASC') : sortBy(nameOf(value), 'DESC')) : [];

  const shared = {
    VisualId: visual.id,
    Title: { Visibility: 'VISIBLE', FormatText: { PlainText: visual.title } },
    Subtitle: { Visibility: 'VISIBLE', FormatText: { PlainText: visual.question } },
  } as const;
  const actions: { Actions?: VisualCustomAction[] } = layer === undefined ? clickOf(visual) : {};
  const layers: { ColumnHierarchies?: ColumnHierarchy[] } =
    layer === undefined
      ? {}
      : {
          ColumnHierarchies: [
            {
              ExplicitHierarchy: {
                HierarchyId: hierarchyId,
                Columns: [fields.column(layer.from), fields.column(layer.to)],
              },
            },
          ],
        };

  switch (visual.kind) {
    case 'kpi':
      return {
        KPIVisual: {
          ...shared,
          ChartConfiguration: {
            FieldWells: { Values: measures, TrendGroups: visual.trend === undefined ? [] : [dimension(visual.trend)] },
            KPIOptions: {
              ...(visual.trend === undefined
                ? {}
                : {
                    // The change of a share is shown as a difference, and the change of an amount as a percentage.
                    Comparison: { ComparisonMethod: isRatio(visual.value) ? 'DIFFERENCE' : 'PERCENT_DIFFERENCE' },
                    Sparkline: { Visibility: 'VISIBLE', Type: 'AREA' },
                    TrendArrows: { Visibility: 'VISIBLE' },
                  }),
              PrimaryValueDisplayType: 'ACTUAL',
            },
            SortConfiguration: { TrendGroupSort: visual.trend === undefined ? [] : order },
          },
        },
      };
    case 'line':
      return {
        LineChartVisual: {
          ...shared,
          ...actions,
          ...layers,
          ChartConfiguration: {
            Type: 'LINE',
            FieldWells: {
              LineChartAggregatedFieldWells: {
                Category: [dimension(visual.x)],
                Values: measures,
                Colors: visual.series === undefined ? [] : [dimension(visual.series)],
              },
            },
            SortConfiguration: { CategorySort: order },
          },
        },
      };
    case 'bar':
    case 'stacked': {
      const series = visual.series === undefined ? [] : [dimension(visual.series)];
      const top = visual.kind === 'bar' ? visual.top : undefined;
      const horizontal = visual.kind === 'bar' && visual.horizontal === true;
      return {
        BarChartVisual: {
          ...shared,
          ...actions,
          ...layers,
          ChartConfiguration: {
            Orientation: horizontal ? 'HORIZONTAL' : 'VERTICAL',
            BarsArrangement: visual.kind === 'stacked' ? 'STACKED' : 'CLUSTERED',
            FieldWells: {
              BarChartAggregatedFieldWells: { Category: [dimension(visual.x)], Values: measures, Colors: series },
            },
            SortConfiguration: {
              CategorySort: order,
              ...(top === undefined ? {} : { CategoryItemsLimit: { ItemsLimit: top, OtherCategories: 'EXCLUDE' } }),
            },
          },
        },
      };
    }
    case 'heatmap':
      return {
        HeatMapVisual: {
          ...shared,
          ...actions,
          ...layers,
          ChartConfiguration: {
            FieldWells: {
              HeatMapAggregatedFieldWells: {
                Rows: [dimension(visual.y)],
                Columns: [dimension(visual.x)],
                Values: measures,
              },
            },
            SortConfiguration: { HeatMapColumnSort: sortBy(visual.x.column, 'ASC') },
          },
        },
      };
    case 'calendar': {
      // QuickSight has no calendar, so a heat map shows a column for each week and a row for each weekday.
      const weekday = calculated.use(fields.view, weekdayOf(visual.date.column));
      const row = fieldId(visual, 'weekday');
      return {
        HeatMapVisual: {
          ...shared,
          ...actions,
          ChartConfiguration: {
            FieldWells: {
              HeatMapAggregatedFieldWells: {
                Rows: [{ NumericalDimensionField: { FieldId: row, Column: fields.column(weekday) } }],
                Columns: [
                  {
                    DateDimensionField: {
                      FieldId: fieldId(visual, visual.date.column),
                      Column: fields.column(visual.date.column),
                      DateGranularity: 'WEEK',
                    },
                  },
                ],
                Values: measures,
              },
            },
            SortConfiguration: {
              HeatMapRowSort: [{ FieldSort: { FieldId: row, Direction: 'ASC' } }],
              HeatMapColumnSort: sortBy(visual.date.column, 'ASC'),
            },
          },
        },
      };
    }
    case 'pivot':
      return {
        PivotTableVisual: {
          ...shared,
          ...actions,
          ChartConfiguration: {
            FieldWells: {
              PivotTableAggregatedFieldWells: {
                Rows: visual.rows.map((part) => dimension(part)),
                Columns: visual.columns.map((part) => dimension(part)),
                Values: measures,
              },
            },
            TotalOptions: {
              RowTotalOptions: { TotalsVisibility: 'VISIBLE' },
              ColumnTotalOptions: { TotalsVisibility: 'VISIBLE' },
            },
          },
        },
      };
    case 'table':
      return {
        TableVisual: {
          ...shared,
          ...actions,
          ChartConfiguration: {
            FieldWells: {
              TableAggregatedFieldWells: { GroupBy: visual.rows.map((part) => dimension(part)), Values: measures },
            },
            SortConfiguration: { RowSort: order },
          },
        },
      };
    case 'list': {
      const parts = [...visual.rows, ...visual.values];
      // QuickSight can sort only by visible columns.
      const shown = visual.newest.filter((column) => parts.some((part) => part.column === column));
      return {
        TableVisual: {
          ...shared,
          ...actions,
          ChartConfiguration: {
            FieldWells: { TableUnaggregatedFieldWells: { Values: parts.map((part) => fields.plain(part)) } },
            SortConfiguration: { RowSort: shown.flatMap((column) => sortBy(column, 'DESC')) },
          },
        },
      };
    }
    case 'filled-map':
      return {
        FilledMapVisual: {
          ...shared,
          ...actions,
          ChartConfiguration: {
            FieldWells: {
              FilledMapAggregatedFieldWells: { Geospatial: [dimension(visual.country)], Values: measures },
            },
          },
        },
      };
    case 'point-map':
      return {
        GeospatialMapVisual: {
          ...shared,
          ...actions,
          ChartConfiguration: {
            FieldWells: {
              GeospatialMapAggregatedFieldWells: {
                // The data set's hierarchy contains both columns, so QuickSight searches for each city in the country
                // of its row.
                Geospatial: [dimension(visual.country), dimension(visual.city)],
                Values: measures,
              },
            },
          },
        },
      };
  }
}
