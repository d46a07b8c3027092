import { expect, test } from 'vitest';
import { fillMonths } from './dates.ts';

test('fillMonths adds the missing months between the earliest and the latest', () => {
  expect(fillMonths(['2025-02', '2024-11'])).toEqual(['2024-11', '2024-12', '2025-01', '2025-02']);
  expect(fillMonths(['2025-02', '2025-02'])).toEqual(['2025-02']);
  expect(fillMonths([])).toEqual([]);
});
