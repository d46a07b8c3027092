/** Decides how QuickSight shows a drill: as a layer within the same visual, or as a click that opens another sheet. */
import { dashboards, findVisual, visualsOf } from '../dashboards/index.ts';
import { type FilterName, filterColumns, type ViewName, type Visual } from '../model.ts';
import { columnsRead, dimensionsOf } from '../parts.ts';
import { columnsOfView } from './view-columns.ts';

/** The sheet for the visuals that are not on any dashboard. Only clicks open this sheet. */
export const DRILL_SHEET = 'payments';

/** The kinds of visuals whose dimension can have a finer dimension below it. */
const layered: readonly Visual['kind'][] = ['bar', 'line', 'stacked', 'heatmap'];

/** A dimension of a visual, the finer dimension below it, and the view that contains both dimensions. */
export interface Layer {
  readonly view: ViewName;
  readonly from: string;
  readonly to: string;
}

/** Returns the visual that a drill opens, or undefined if the visual has no drill. */
export function drilledTo(visual: Visual): Visual | undefined {
  return visual.drill === undefined ? undefined : findVisual(visual.drill.to);
}

/** Returns the layer of a drill, if the finer visual's view has all columns that the coarser visual reads. */
export function layerOf(visual: Visual): Layer | undefined {
  const finer = drilledTo(visual);
  const [by] = visual.drill?.by ?? [];
  if (finer === undefined || by === undefined || !layered.includes(visual.kind) || finer.kind === 'list')
    return undefined;
  const filtered = visual.filters.flatMap((filter: FilterName) => {
    const column = filterColumns[filter].find((candidate) => columnsOfView(visual.view).includes(candidate));
    return column === undefined ? [] : [column];
  });
  const has = columnsOfView(finer.view);
  const [to] = dimensionsOf(finer);
  const drawsBoth = [...columnsRead(visual), ...filtered, by.from].every((column) => has.includes(column));
  const isDimension = dimensionsOf(visual).some(({ column }) => column === by.from);
  if (to === undefined || !drawsBoth || !isDimension || to.column === by.from) return undefined;
  return { view: finer.view, from: by.from, to: to.column };
}

/** Returns the view from which QuickSight draws a visual. */
export function drawnView(visual: Visual): ViewName {
  return layerOf(visual)?.view ?? visual.view;
}

/** Returns the id of the sheet that shows a visual. */
export function sheetOf(visual: Visual): string {
  const shown = dashboards.find(({ visuals }) => visuals.some((placed) => placed.visual === visual));
  return shown?.id ?? DRILL_SHEET;
}

/** Returns the visuals that are not on any dashboard. */
export function drillOnly(): readonly Visual[] {
  return [...new Set(dashboards.flatMap(visualsOf))].filter((visual) => sheetOf(visual) === DRILL_SHEET);
}
