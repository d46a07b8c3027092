import { describe, expect, test } from 'vitest';
import { renderTable } from './table.ts';

const rows = [
  { owner: 'ann', description: 'a long description that does not fit', amount: '12.5000' },
  { owner: 'bea', description: 'short', amount: '-3.0000' },
];

describe('renderTable', () => {
  test('cuts the widest column to fit the terminal', () => {
    const lines = renderTable(rows, 50).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50);
    expect(lines.join('\n')).toContain('…');
    expect(lines.join('\n')).toContain('12.5000');
  });

  test('right-aligns numbers', () => {
    expect(renderTable(rows, 200)).toMatch(/│ 12\.5000 │\n.*│ -3\.0000 │/);
  });

  test('lists the columns that do not fit under the table', () => {
    const wide = [Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`column_${index}`, 'some text']))];
    expect(renderTable(wide, 40)).toContain('column_11 (a wider terminal shows them)');
  });

  test('keeps a cell with a newline on one line', () => {
    expect(renderTable([{ raw_text: 'a\nb' }], 80).split('\n')).toHaveLength(5);
  });

  test('returns a note for an empty list of rows', () => {
    expect(renderTable([], 80)).toBe('(no rows)');
  });
});
