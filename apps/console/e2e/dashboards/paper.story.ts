import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { signIn } from '../uploads/person.ts';
import type { Setting } from '../uploads/setting.ts';

/** The text colour of the light scheme, in the browser's notation. */
const INK = 'rgb(20, 32, 28)';

export function paperStory(setting: Setting): void {
  test('a dashboard prints on white with its filters in words, and fits the paper', async () => {
    const { browser, url } = setting();
    const { page, errors, close } = await signIn(browser, url, 'ada', { colorScheme: 'dark' });
    await page.goto(`${url}/dashboards/spending?currency=EUR&from=2025-03&to=2025-03&category=Groceries`);
    const drawing = page.locator('[data-visual="spending-by-category-and-month"] [role="img"] svg');
    await drawing.waitFor();
    const inks = () =>
      drawing.evaluate((svg) => [...svg.querySelectorAll('text')].map((text) => text.getAttribute('fill')));
    const onScreen = await inks();

    // Prints for real: the browser fires its print events and lays out the pages.
    await countWhenPrinting(page, '[data-visual="spending-by-category-and-month"] [role="img"] svg[viewBox]');
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await readPrintedCount(page)).toBe(1);
    // The screen looks the same as before printing.
    expect(await inks()).toEqual(onScreen);
    expect(await page.evaluate(() => document.documentElement.dataset.mantineColorScheme)).toBe('dark');

    // Repeats the print in single steps: first the browser's print event, then the print styles.
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 700, height: 990 });
    expect(await page.getByText('March 2025 · EUR · Groceries').isVisible()).toBe(true);
    expect(await page.getByRole('navigation', { name: 'Main' }).isVisible()).toBe(false);
    expect(await page.getByRole('button').filter({ visible: true }).count()).toBe(0);
    expect(await page.getByRole('heading', { level: 1 }).evaluate((title) => getComputedStyle(title).color)).toBe(INK);
    expect(await inks()).not.toEqual(onScreen);
    for (const place of await page.getByRole('img', { name: /^Chart: / }).all()) {
      expect((await place.boundingBox())?.height).toBeGreaterThan(60);
    }
    expect(
      await page.evaluate(() =>
        [...document.querySelectorAll('main :not(svg *)')]
          .filter(
            (element) => element.getBoundingClientRect().right > innerWidth || element.getBoundingClientRect().left < 0,
          )
          .map((element) => element.outerHTML.slice(0, 120)),
      ),
    ).toEqual([]);
    expect(errors).toEqual([]);
    await close();
  });

  test('maps are printed even though a browser does not wait before printing', async () => {
    const { browser, url } = setting();
    const { page, close } = await signIn(browser, url, 'ada', { colorScheme: 'dark' });
    await page.goto(`${url}/dashboards/places`);
    const map = page.locator('[data-visual="spending-by-country"] [role="img"] svg');
    await expect.poll(() => map.locator('path').count()).toBeGreaterThan(100);
    await countWhenPrinting(page, '[data-visual="spending-by-country"] svg[viewBox] path');
    await page.pdf();
    expect(await readPrintedCount(page)).toBeGreaterThan(100);
    await close();
  });

  test('a list of transactions prints all loaded rows', async () => {
    const { browser, url } = setting();
    const ada = await signIn(browser, url, 'ada');
    const { page } = ada;
    const { transactions } = (await ada.get('/api/transactions?limit=100')) as { transactions: unknown[] };
    await page.goto(`${url}/transactions`);
    const lines = page.getByRole('list', { name: 'Transactions' }).getByRole('listitem');
    await lines.first().waitFor();
    const onScreen = await lines.count();
    expect(onScreen).toBeLessThan(transactions.length);
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await lines.count()).toBeGreaterThanOrEqual(transactions.length);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await expect.poll(() => lines.count()).toBe(onScreen);
    await ada.close();
  });
}

/** Counts the matching elements while the browser lays out the page for paper. */
async function countWhenPrinting(page: Page, selector: string): Promise<void> {
  await page.evaluate((counted) => {
    addEventListener('beforeprint', () => {
      document.body.dataset.printed = String(document.querySelectorAll(counted).length);
    });
  }, selector);
}

async function readPrintedCount(page: Page): Promise<number> {
  return Number(await page.evaluate(() => document.body.dataset.printed));
}
