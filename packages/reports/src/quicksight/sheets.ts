/** The sheets: one for each dashboard, and one for detail visuals. A click on another visual opens a detail visual. */
import type { GridLayoutElement, ParameterControl, SheetDefinition } from '@aws-sdk/client-quicksight';
import { dashboards } from '../dashboards/index.ts';
import type { FilterName, Visual } from '../model.ts';
import type { CalculatedFields } from './calculated-fields.ts';
import { DRILL_SHEET, drawnView, drillOnly } from './drills.ts';
import { narrowingOf, periodParameters } from './parameters.ts';
import { drawVisual } from './visuals.ts';

/** A sheet and the visuals to place on it. */
export interface Page {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly placed: readonly { readonly visual: Visual; readonly width: number }[];
}

/** The number of columns in QuickSight's grid. A dashboard specifies widths in twelfths. */
const COLUMNS = 36;
const CONTROLS_IN_A_LINE = 6;
const heights: Partial<Record<Visual['kind'], number>> = { kpi: 7, list: 16, pivot: 16, table: 16 };
const heightOf = (visual: Visual) => heights[visual.kind] ?? 13;

export function pages(): readonly Page[] {
  return [
    ...dashboards.map(({ id, title, description, visuals }) => ({ id, title, description, placed: visuals })),
    {
      id: DRILL_SHEET,
      title: 'Payments',
      description: 'The single payments behind a figure.',
      placed: drillOnly().map((visual) => ({ visual, width: 12 })),
    },
  ];
}

export function drawSheet({ id, title, description, placed }: Page, calculated: CalculatedFields): SheetDefinition {
  const controls = controlsOf(
    id,
    placed.map(({ visual }) => visual),
  );
  return {
    SheetId: id,
    Name: title,
    Title: title,
    Description: description,
    ContentType: 'INTERACTIVE',
    Visuals: placed.map(({ visual }) => drawVisual(visual, calculated)),
    ParameterControls: controls.map(({ control }) => control),
    Layouts: [
      {
        Configuration: {
          GridLayout: {
            Elements: elementsOf(placed),
            CanvasSizeOptions: {
              ScreenCanvasSizeOptions: { ResizeOption: 'FIXED', OptimizedViewPortWidth: '1600px' },
            },
          },
        },
      },
    ],
    SheetControlLayouts: [
      {
        Configuration: {
          GridLayout: {
            Elements: controls.map((control, index) => ({
              ElementId: control.id,
              ElementType: 'PARAMETER_CONTROL',
              ColumnIndex: (index % CONTROLS_IN_A_LINE) * (COLUMNS / CONTROLS_IN_A_LINE),
              ColumnSpan: COLUMNS / CONTROLS_IN_A_LINE,
              RowIndex: Math.floor(index / CONTROLS_IN_A_LINE),
              RowSpan: 1,
            })),
          },
        },
      },
    ],
  };
}

/** Places visuals side by side until a row is full. A row is as high as its highest visual. */
function elementsOf(placed: Page['placed']): GridLayoutElement[] {
  const elements: GridLayoutElement[] = [];
  let column = 0;
  let row = 0;
  let height = 0;
  for (const { visual, width } of placed) {
    const span = (width * COLUMNS) / 12;
    if (column + span > COLUMNS) {
      row += height;
      column = 0;
      height = 0;
    }
    elements.push({
      ElementId: visual.id,
      ElementType: 'VISUAL',
      ColumnIndex: column,
      ColumnSpan: span,
      RowIndex: row,
      RowSpan: heightOf(visual),
    });
    column += span;
    height = Math.max(height, heightOf(visual));
  }
  return elements;
}

interface Control {
  readonly id: string;
  readonly control: ParameterControl;
}

/**
 * Returns a control for each parameter that narrows a visual of the sheet. Readers choose from the values of the
 * column.
 */
function controlsOf(sheet: string, visuals: readonly Visual[]): Control[] {
  const controls = new Map<string, Control>();
  for (const visual of visuals) {
    for (const { column, parameter } of narrowingOf(visual)) {
      const id = `${sheet}-${parameter.name.toLowerCase()}`;
      if (controls.has(id)) continue;
      const link = { DataSetIdentifier: drawnView(visual), ColumnName: column };
      controls.set(id, {
        id,
        control: {
          Dropdown: {
            ParameterControlId: id,
            Title: parameter.title,
            SourceParameterName: parameter.name,
            Type: parameter.several ? 'MULTI_SELECT' : 'SINGLE_SELECT',
            SelectableValues: { LinkToDataSetColumn: link },
          },
        },
      });
    }
  }
  const hasPeriod = visuals.some(({ filters }) => (filters as readonly FilterName[]).includes('period'));
  const period = hasPeriod ? Object.values(periodParameters) : [];
  return [
    ...controls.values(),
    ...period.map((name): Control => {
      const id = `${sheet}-${name.toLowerCase()}`;
      return {
        id,
        control: {
          DateTimePicker: {
            ParameterControlId: id,
            Title: name,
            SourceParameterName: name,
            DisplayOptions: { DateTimeFormat: 'YYYY-MM' },
          },
        },
      };
    }),
  ];
}
