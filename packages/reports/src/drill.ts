/** Opens a finer visual from a coarser one: a drill. */
import type { ColumnOf, Drill, Filters, ViewName, Visual } from './model.ts';

/**
 * Returns a drill to a visual. The types allow only columns of the two views.
 *
 * @param by for each column that the drill filters in the finer visual, the coarser visual's column with the value
 * @param month the dimension whose month becomes the finer visual's period
 */
export function drillTo<From extends ViewName, To extends ViewName>(
  to: { readonly id: string; readonly view: To },
  by: readonly { readonly from: ColumnOf<From>; readonly column: ColumnOf<To> }[],
  month?: ColumnOf<From>,
): Drill<From> {
  return { to: to.id, by, ...(month === undefined ? {} : { month }) };
}

/**
 * Returns the finer visual that a click on a mark opens, and its filters: the earlier choices, narrowed to the mark.
 *
 * @param mark the values of the mark's dimensions, by column
 * @returns null if the visual has no drill
 */
export function drillInto(
  visual: Visual,
  mark: Readonly<Record<string, string | null>>,
  filters: Filters,
): { readonly to: string; readonly filters: Filters } | null {
  if (visual.drill === undefined) return null;
  const known: Readonly<Record<string, string | null>> = { ...filters.drill, ...mark };
  const narrowed = visual.drill.by.flatMap(({ from, column }) => {
    const value = known[from];
    return value === undefined ? [] : [[column, value] as const];
  });
  const month = visual.drill.month === undefined ? undefined : known[visual.drill.month];
  const { drill: _coarser, ...chosen } = filters;
  return {
    to: visual.drill.to,
    filters: {
      ...chosen,
      ...(typeof month === 'string' ? { from: month, to: month } : {}),
      ...(narrowed.length > 0 ? { drill: Object.fromEntries(narrowed) } : {}),
    },
  };
}
