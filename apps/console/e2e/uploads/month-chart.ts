import type { Page } from 'playwright-core';

/**
 * Returns the shapes of the chart “income and expenses by month”. Open the page with `reducedMotion: 'reduce'`, because
 * animations change the shapes.
 */
export async function readMonthShapes(page: Page, url: string, year: string): Promise<readonly (string | null)[]> {
  await page.goto(`${url}/dashboards/cash-flow?from=${year}-01&to=${year}-12`);
  const shapes = page.getByRole('img', { name: /^Chart: Income and expenses by month/ }).locator('svg path');
  await shapes.first().waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
  return shapes.evaluateAll((drawn) => drawn.map((shape) => shape.getAttribute('d')));
}
