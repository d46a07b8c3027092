/** Renders the dimensions and values of a visual as QuickSight fields. */
import type { DimensionField, FormatConfiguration, MeasureField, UnaggregatedField } from '@aws-sdk/client-quicksight';
import type { AnyDimension, AnyFigure, AnyLast, AnyValue, ViewName, Visual } from '../model.ts';
import { dimensionsOf, isRatio, nameOf } from '../parts.ts';
import { type CalculatedFields, lastOf, ratioOf, timeOf } from './calculated-fields.ts';
import { drawnView } from './drills.ts';
import { dateFormat, numberFormat } from './formats.ts';

/** Returns a field's id, which stays the same as long as the visual and the column keep their names. */
export const fieldId = (visual: Visual, name: string) => `${visual.id}.${name}`;

/** A visual's fields, which refer to the view from which QuickSight draws the visual. */
export class Fields {
  readonly view: ViewName;
  readonly #visual: Visual;
  readonly #calculated: CalculatedFields;

  constructor(visual: Visual, calculated: CalculatedFields) {
    this.view = drawnView(visual);
    this.#visual = visual;
    this.#calculated = calculated;
  }

  column(name: string) {
    return { DataSetIdentifier: this.view, ColumnName: name };
  }

  /**
   * Returns the field of a dimension.
   *
   * @param hierarchyId the id of the hierarchy that contains the dimension's layers
   */
  dimension(dimension: AnyDimension, hierarchyId?: string): DimensionField {
    const id = { FieldId: fieldId(this.#visual, dimension.column) };
    const layers = hierarchyId === undefined ? {} : { HierarchyId: hierarchyId };
    const format = dateFormat(dimension.format);
    if (format !== undefined) {
      const column = this.column(this.#calculated.use(this.view, timeOf(dimension)));
      const granularity = dimension.format === 'month' ? 'MONTH' : 'DAY';
      return {
        DateDimensionField: {
          ...id,
          Column: column,
          DateGranularity: granularity,
          FormatConfiguration: format,
          ...layers,
        },
      };
    }
    const column = this.column(dimension.column);
    if (dimension.format === 'integer') return { NumericalDimensionField: { ...id, Column: column, ...layers } };
    return { CategoricalDimensionField: { ...id, Column: column, ...layers } };
  }

  measure(value: AnyValue): MeasureField {
    const format = numberFormat(value.format);
    const field = {
      FieldId: fieldId(this.#visual, nameOf(value)),
      ...(format === undefined ? {} : { FormatConfiguration: { FormatConfiguration: format } }),
    };
    // The expression of a ratio already contains the aggregation.
    if (isRatio(value)) {
      const column = this.column(this.#calculated.use(this.view, ratioOf(value)));
      return { NumericalMeasureField: { ...field, Column: column } };
    }
    const aggregate = 'aggregate' in value ? value.aggregate : 'sum';
    const name =
      aggregate === 'last'
        ? this.#calculated.use(this.view, lastOf(value as AnyLast, dimensionsOf(this.#visual)))
        : value.column;
    return {
      NumericalMeasureField: {
        ...field,
        Column: this.column(name),
        AggregationFunction: { SimpleNumericalAggregation: aggregate === 'count' ? 'COUNT' : 'SUM' },
      },
    };
  }

  /** Returns a column of a list, which has no aggregation. */
  plain(part: AnyDimension | AnyFigure): UnaggregatedField {
    const time = dateFormat(part.format);
    const number = numberFormat(part.format);
    const asText = !(part.format === 'money' || part.format === 'integer');
    let format: FormatConfiguration | undefined;
    if (time !== undefined) format = { DateTimeFormatConfiguration: time };
    else if (number !== undefined && !asText) format = { NumberFormatConfiguration: { FormatConfiguration: number } };
    return {
      FieldId: fieldId(this.#visual, part.column),
      Column: this.column(part.column),
      ...(format === undefined ? {} : { FormatConfiguration: format }),
    };
  }
}
