/** Returns the dimensions, values and answer columns of a visual of any kind. */
import {
  type AnyDimension,
  type AnyRatio,
  type AnyValue,
  type ColumnOf,
  type FilterName,
  filterColumns,
  type ViewName,
  type Visual,
  type VisualColumn,
} from './model.ts';

/** Returns the dimensions by which rows are grouped, in the order of the answer's columns. */
export function dimensionsOf(visual: Visual): readonly AnyDimension[] {
  switch (visual.kind) {
    case 'kpi':
      return visual.trend === undefined ? [] : [visual.trend];
    case 'line':
    case 'bar':
      return visual.series === undefined ? [visual.x] : [visual.x, visual.series];
    case 'stacked':
      return [visual.x, visual.series];
    case 'heatmap':
      return [visual.x, visual.y];
    case 'calendar':
      return [visual.date];
    case 'pivot':
      return [...visual.rows, ...visual.columns];
    case 'table':
    case 'list':
      return visual.rows;
    case 'filled-map':
      return [visual.country];
    case 'point-map':
      return [visual.country, visual.city];
  }
}

/** Returns the values of each group, or of each row of a list, in the order of the answer's columns. */
export function valuesOf(visual: Visual): readonly AnyValue[] {
  return visual.kind === 'kpi' ? [visual.value] : visual.values;
}

export function isRatio(value: AnyValue): value is AnyRatio {
  return 'numerator' in value;
}

/** Returns a value's column name in the answer. */
export function nameOf(value: AnyValue): string {
  return isRatio(value) ? value.name : value.column;
}

/** Returns the columns of a visual's answer: dimensions, then values. */
export function columnsOf(visual: Visual): readonly VisualColumn[] {
  return [
    ...dimensionsOf(visual).map(
      ({ column, title, format }): VisualColumn => ({ name: column, title, format, role: 'dimension' }),
    ),
    ...valuesOf(visual).map(
      (value): VisualColumn => ({ name: nameOf(value), title: value.title, format: value.format, role: 'value' }),
    ),
  ];
}

/** Returns all columns of its view that a visual reads, except the columns of its filters. */
export function columnsRead(visual: Visual): readonly ColumnOf<ViewName>[] {
  const values = valuesOf(visual).flatMap((value) => {
    if (isRatio(value)) return [value.numerator, value.denominator];
    return 'aggregate' in value && value.aggregate === 'last' ? [value.column, value.per, value.by] : [value.column];
  });
  const only = Object.keys(visual.only ?? {}) as ColumnOf<ViewName>[];
  const newest = visual.kind === 'list' ? visual.newest : [];
  const dimensions = dimensionsOf(visual).map(({ column }) => column);
  return [...new Set([...dimensions, ...values, ...only, ...(visual.narrowedBy ?? []), ...newest])];
}

/** Returns whether a visual shows only one currency at a time. A visual that shows amounts always does. */
export function isInOneCurrency(visual: Visual): boolean {
  return (visual.filters as readonly FilterName[]).includes('currency');
}

/** Returns the column of a view that a filter narrows: the first candidate that the view has. */
export function filterColumnOf(filter: FilterName, columns: readonly string[]): string | undefined {
  return filterColumns[filter].find((column) => columns.includes(column));
}
