/** Checks the rules for dashboards that types cannot express. */
import { uploadStates } from '@centflow/schema/bookkeeping';
import { describeViews } from '@centflow/schema/view-columns';
import { describe, expect, it, test } from 'vitest';
import { dashboards, findVisual, visuals, visualsOf } from '../src/dashboards/index.ts';
import { drillInto } from '../src/drill.ts';
import { columnsOf, columnsRead, dimensionsOf, filterColumnOf, isRatio, nameOf, valuesOf } from '../src/parts.ts';

const types = new Map(
  describeViews().map(({ name, columns }) => [name, new Map(columns.map((column) => [column.name, column.sqlType]))]),
);
const typeOf = (view: string, column: string) => types.get(view)?.get(column) ?? 'no such column';
const named = (id: string) => {
  const visual = findVisual(id);
  if (visual === undefined) throw new Error(`There is no visual ${id}.`);
  return visual;
};

describe('every dashboard', () => {
  test.for(dashboards)(
    '$id has a valid id, a title, and only filters that at least one visual uses',
    ({ id, ...dashboard }) => {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(dashboard.title).not.toBe('');
      for (const filter of dashboard.filters) {
        const those = dashboard.visuals.map(({ visual }) => visual.filters as readonly string[]);
        expect(those.filter((filters) => filters.includes(filter)).length, filter).toBeGreaterThan(0);
      }
    },
  );

  test.for(dashboards)('$id fills the full width with every line of visuals', ({ visuals: placed }) => {
    let filled = 0;
    for (const { visual, width } of placed) {
      filled += width;
      expect(filled, visual.id).toBeLessThanOrEqual(12);
      if (filled === 12) filled = 0;
    }
    expect(filled).toBe(0);
  });

  it('has a unique id, and each visual has a unique id', () => {
    expect(new Set(dashboards.map(({ id }) => id)).size).toBe(dashboards.length);
    expect(new Set(visuals.map(({ id }) => id)).size).toBe(visuals.length);
  });
});

describe('every visual', () => {
  test.for(visuals)('$id states the question that it answers', ({ id, question }) => {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(question).toMatch(/\?$/);
  });

  test.for(visuals)('$id reads only columns of its view', (visual) => {
    for (const column of columnsRead(visual)) expect(typeOf(visual.view, column), column).not.toBe('no such column');
  });

  test.for(visuals)('$id sums only columns with exact numbers', (visual) => {
    for (const value of valuesOf(visual)) {
      const columns = isRatio(value) ? [value.numerator, value.denominator] : [value.column];
      for (const column of columns) expect(typeOf(visual.view, column)).toMatch(/^(decimal|(big)?int)/);
      if (!isRatio(value) && value.format === 'money') expect(typeOf(visual.view, value.column)).toMatch(/^decimal/);
    }
  });

  test.for(visuals)('$id formats each label by the type of its column', (visual) => {
    for (const { column, format, grain } of dimensionsOf(visual)) {
      const expected = { month: /char\(7\)/, date: /^date$/, moment: /^datetime/, country: /char\(2\)$/ };
      if (grain === 'month') expect([typeOf(visual.view, column), format]).toEqual(['date', 'month']);
      else if (format === 'integer') expect(typeOf(visual.view, column)).toMatch(/int/);
      else if (format === 'text') expect(typeOf(visual.view, column)).toMatch(/char|text|enum/);
      else expect(typeOf(visual.view, column)).toMatch(expected[format]);
    }
  });

  test.for(visuals)('$id filters by currency if it shows money', (visual) => {
    const money = columnsOf(visual).some(({ format }) => format === 'money');
    const hasCurrency = types.get(visual.view)?.has('currency') ?? false;
    if (money || hasCurrency) expect(visual.filters).toContain('currency');
  });

  test.for(visuals)('$id filters only by columns of its view', ({ view, filters }) => {
    const columns = [...(types.get(view)?.keys() ?? [])];
    for (const filter of filters) expect(filterColumnOf(filter, columns), filter).toBeDefined();
  });

  test.for(visuals)('$id gives each column of its answer a unique name', (visual) => {
    const names = columnsOf(visual).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const value of valuesOf(visual)) expect(nameOf(value)).toMatch(/^[a-z]+(_[a-z]+)*$/);
  });

  test.for(visuals)('$id limits rows only to values that the column can have', ({ only = {} }) => {
    const known: Record<string, readonly string[]> = { kind: ['income', 'expense'], state: uploadStates };
    for (const [column, value] of Object.entries(only)) expect(known[column], column).toContain(value);
  });

  test.for(visuals)('$id has no series if it shows only the top groups', (visual) => {
    if ('top' in visual && visual.top !== undefined) expect(visual.series).toBeUndefined();
  });
});

describe('a drill of a visual', () => {
  const drills = visuals.flatMap((visual) => (visual.drill === undefined ? [] : [{ visual, drill: visual.drill }]));

  test.for(drills)('from $visual.id opens a visual that accepts the narrowed columns', ({ visual, drill }) => {
    const finer = named(drill.to);
    const known = [...dimensionsOf(visual).map(({ column }) => column), ...(visual.narrowedBy ?? [])];
    for (const { from, column } of drill.by) {
      expect(known).toContain(from);
      expect(finer.narrowedBy ?? []).toContain(column);
    }
    if (drill.month !== undefined) {
      expect(dimensionsOf(visual).find(({ column }) => column === drill.month)?.format).toBe('month');
      expect(finer.filters).toContain('period');
    }
    expect(drill.by.length > 0 || drill.month !== undefined).toBe(true);
  });

  it('opens every visual that no dashboard shows', () => {
    const reached = drills.map(({ drill }) => drill.to);
    for (const dashboard of dashboards) {
      for (const { id } of dashboard.drills ?? []) expect(reached).toContain(id);
      // The finer visual is on the same page, or replaces the clicked one.
      for (const visual of visualsOf(dashboard)) {
        if (visual.drill !== undefined) expect(findVisual(visual.drill.to)).toBeDefined();
      }
    }
  });

  it('leads from a month to its categories, then to a merchant and then to the payments', () => {
    const chosen = { currency: 'EUR', from: '2025-01', to: '2025-12' };
    const byCategory = drillInto(named('cash-flow-by-month'), { month: '2025-03' }, chosen);
    expect(byCategory).toEqual({
      to: 'spending-by-category',
      filters: { currency: 'EUR', from: '2025-03', to: '2025-03' },
    });
    const merchants = drillInto(named('spending-by-category'), { category: 'Food' }, byCategory?.filters ?? {});
    expect(merchants).toEqual({
      to: 'spending-by-merchant',
      filters: { currency: 'EUR', from: '2025-03', to: '2025-03', drill: { category: 'Food' } },
    });
    const payments = drillInto(named('spending-by-merchant'), { merchant: 'Bakery' }, merchants?.filters ?? {});
    expect(payments).toEqual({
      to: 'expense-payments',
      filters: {
        currency: 'EUR',
        from: '2025-03',
        to: '2025-03',
        drill: { counterparty: 'Bakery', category: 'Food' },
      },
    });
    expect(drillInto(named('expense-payments'), {}, {})).toBeNull();
  });

  it('keeps the filters of the dashboard, and drops the filters of an earlier drill to a coarser visual', () => {
    const narrowed = { category: 'Food', drill: { category: 'Food' } };
    expect(drillInto(named('spending-by-country'), { country: null }, narrowed)).toEqual({
      to: 'spending-by-city',
      filters: { category: 'Food', drill: { country: null } },
    });
  });
});
