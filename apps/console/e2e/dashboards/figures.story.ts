import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { signIn } from '../uploads/person.ts';
import type { Setting } from '../uploads/setting.ts';

interface Figures {
  readonly rows: readonly (readonly (string | null)[])[];
}

export function figuresStory(setting: Setting): void {
  test('a dashboard shows the figures of its views, and drilling down leads to a row of an uploaded file', async () => {
    const { browser, url } = setting();
    const ada = await signIn(browser, url, 'ada');
    const { page } = ada;
    await page.goto(`${url}/dashboards/spending?from=2025-01&to=2025-12`);
    const { rows } = (await ada.get(
      '/api/visuals/spending-by-category?currency=EUR&from=2025-01&to=2025-12',
    )) as Figures;
    await page.getByRole('button', { name: 'Show “Spending by category” as a table' }).click();
    const table = page.getByRole('region', { name: 'Spending by category, as a table' });
    const shown = await table.locator('tbody tr').allInnerTexts();
    expect(shown.map((text) => text.replace(/[^\d.-]/g, ''))).toEqual(
      rows.map(([, amount]) => Number(amount).toFixed(2)),
    );

    await table.getByRole('button', { name: 'Groceries' }).press('Enter');
    await page.getByRole('button', { name: 'Show “Spending by merchant” as a table' }).click();
    await page.getByRole('button', { name: 'Wochenmarkt' }).click();
    await page
      .getByRole('link', { name: /^Row \d+ of the uploaded file$/ })
      .first()
      .waitFor();
    await page.reload();
    await page
      .getByRole('link', { name: /^Row \d+ of the uploaded file$/ })
      .first()
      .waitFor();
    await page.getByRole('link', { name: 'Back to Spending' }).click();
    await page.getByRole('heading', { name: 'Spending by month' }).waitFor();
    expect(ada.errors).toEqual([]);
    await ada.close();
  });

  test('a visual can be saved as CSV and as PNG', async () => {
    const { browser, url } = setting();
    const ada = await signIn(browser, url, 'ada');
    const { page } = ada;
    await page.goto(`${url}/dashboards/cash-flow?from=2025-01&to=2025-12`);
    const { rows } = (await ada.get('/api/visuals/cash-flow-by-month?currency=EUR&from=2025-01&to=2025-12')) as Figures;
    const saved = async (kind: 'CSV' | 'PNG') => {
      await page.getByRole('button', { name: 'Save “Income and expenses by month”' }).click();
      const download = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: `Save as ${kind}` }).click();
      return readFile(await (await download).path());
    };
    const [, ...lines] = (await saved('CSV')).toString('utf8').trim().split('\r\n');
    expect(lines).toEqual(rows.map((row) => [...row, 'EUR'].join(',')));
    expect((await saved('PNG')).subarray(1, 4).toString()).toBe('PNG');
    expect(ada.errors).toEqual([]);
    await ada.close();
  });

  test('an owner can search transactions but cannot open the operations page', async () => {
    const { browser, url } = setting();
    const ada = await signIn(browser, url, 'ada');
    const { page } = ada;
    await page.goto(`${url}/transactions`);
    await page.getByRole('searchbox').fill('Wochenmarkt');
    await page.waitForURL(/q=Wochenmarkt/);
    const list = page.getByRole('list', { name: 'Transactions' });
    await expect
      .poll(async () =>
        (await list.getByRole('listitem').allInnerTexts()).every((text) => text.includes('Wochenmarkt')),
      )
      .toBe(true);
    await page.goto(`${url}/operations`);
    await page.getByText('For operators only').waitFor();
    expect(await page.getByRole('link', { name: 'Operations' }).count()).toBe(0);
    expect(ada.errors).toEqual([]);
    await ada.close();
  });
}
