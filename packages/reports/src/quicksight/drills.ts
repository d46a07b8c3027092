/** How a drill is drawn in QuickSight: as a layer within the same visual, or as a click that leads to another sheet. */
import { dashboards, findVisual, visualsOf } from '../dashboards/index.ts';
import { type FilterName, filterColumns, type ViewName, type Visual } from '../model.ts';
import { columnsRead, dimensionsOf } from '../parts.ts';
import { columnsOfView } from './view-columns.ts';

/** Where the visuals are that no page shows: they are reached by a click. */
export const DRILL_SHEET = 'payments';

/** Kinds of visuals whose dimension can have a finer one beneath it. */
const layered: readonly Visual['kind'][] = ['bar', 'line', 'stacked', 'heatmap'];

/** The finer dimension beneath one of a visual, and the view that has both. */
export interface Layer {
  readonly view: ViewName;
  readonly from: string;
  readonly to: string;
}

/** The visual that a drill leads to; undefined where there is no drill. */
export function drilledTo(visual: Visual): Visual | undefined {
  return visual.drill === undefined ? undefined : findVisual(visual.drill.to);
}

/** A layer, where the finer visual's view has all that the coarser one reads and so can draw both. */
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

/** The view that a visual is drawn from. */
export function drawnView(visual: Visual): ViewName {
  return layerOf(visual)?.view ?? visual.view;
}

/** The sheet that shows a visual. */
export function sheetOf(visual: Visual): string {
  const shown = dashboards.find(({ visuals }) => visuals.some((placed) => placed.visual === visual));
  return shown?.id ?? DRILL_SHEET;
}

/** The visuals that no page shows. */
export function drillOnly(): readonly Visual[] {
  return [...new Set(dashboards.flatMap(visualsOf))].filter((visual) => sheetOf(visual) === DRILL_SHEET);
}
