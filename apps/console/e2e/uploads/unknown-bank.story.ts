/** Uploads an export of an unknown bank and corrects two rows. Then undoes the correction and restores it. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readMonthShapes } from './month-chart.ts';
import { fetchSpending } from './month-figure.ts';
import {
  bankExports,
  drop,
  getCard,
  importTimeout,
  openUploads,
  readDraggedFile,
  send,
  signIn,
  waitUntilImported,
} from './person.ts';
import type { Setting } from './setting.ts';

const month = '2025-06';

/** Converts an amount to hundredths: `3218.2100` is 321821. */
function toCents(amount: string | null): number {
  return Math.round(Number(amount ?? '0') * 100);
}

export function unknownBankStory(setting: Setting): void {
  test('an export of an unknown bank can be mapped, sent, fixed, undone and restored', {
    timeout: 300_000,
  }, async () => {
    const { browser, url } = setting();
    const ada = await signIn(browser, url, 'ada');
    const { page } = ada;
    // A second window reloads the dashboard for each check.
    const looking = await signIn(browser, url, 'ada', { reducedMotion: 'reduce' });
    const chart = () => readMonthShapes(looking.page, url, month.slice(0, 4));
    const before = toCents(await fetchSpending(ada, month, 'EUR'));
    const chartBefore = await chart();
    await page.getByRole('link', { name: 'Uploads', exact: true }).first().click();

    await drop(page, [await readDraggedFile(join(bankExports, 'stadtbank-nordufer-2025-06.csv'))]);
    await getCard(page, 'stadtbank-nordufer-2025-06.csv').getByRole('button', { name: 'Match the columns' }).click();
    const editor = page.getByRole('dialog', { name: 'Match the columns of stadtbank-nordufer-2025-06.csv' });
    // The console recognised the umlauts of Windows-1252, the day-first dates and the decimal commas.
    await editor.getByRole('cell', { name: 'Bäckerei Süß & Söhne' }).first().waitFor();
    await editor.getByRole('cell', { name: '2025-06-03' }).first().waitFor();
    await editor.getByRole('cell', { name: '1180.00' }).waitFor();
    await editor.getByText(/Rows 20, 30 can’t be read/).waitFor();
    await editor.getByRole('textbox', { name: 'Account in every row' }).fill('Nordufer Giro');
    await editor.getByRole('textbox', { name: 'Name of the template' }).fill('Stadtbank Giro');
    await editor.getByRole('button', { name: 'Use these columns' }).click();

    const expensesCard = getCard(page, 'stadtbank-nordufer-2025-06-expenses.csv');
    await expensesCard.getByText('read with your template “Stadtbank Giro”').waitFor();
    await expensesCard.getByText('2 rows need fixing').waitFor();
    await page.getByRole('button', { name: 'Send all 2' }).click();
    await waitUntilImported(expensesCard);
    await waitUntilImported(getCard(page, 'stadtbank-nordufer-2025-06-incomes.csv'));
    // This page does not show the job run. Only the page for operators shows job runs.
    expect(await expensesCard.getByText(/Job run/).count()).toBe(0);
    const sent = toCents(await fetchSpending(ada, month, 'EUR'));
    expect(sent).toBeGreaterThan(before);
    const chartSent = await chart();
    expect(chartSent).not.toEqual(chartBefore);

    await expensesCard.getByRole('link', { name: 'Fix 2 rows of stadtbank-nordufer-2025-06-expenses.csv' }).click();
    await page.getByRole('heading', { name: '2 rows to fix' }).waitFor();
    const uploadPage = page.url();
    await page.getByRole('textbox', { name: /^Amount, row/ }).fill('27,50');
    await page.getByText('0 of 2 fixed').waitFor();
    await page.getByRole('textbox', { name: /^Amount, row/ }).fill('27.50');
    await page.getByRole('textbox', { name: /^Date, row/ }).fill('2025-06-30');
    await page.getByText('2 of 2 fixed').waitFor();
    await page.getByRole('button', { name: 'Preview the corrected file' }).click();
    const correction = getCard(page, 'stadtbank-nordufer-2025-06-expenses.csv');
    await correction.getByRole('button', { name: 'Send the correction' }).click();
    await waitUntilImported(correction);
    // The two fixed rows add 27.50 for the market and 118.00 for the bicycle.
    await expect.poll(async () => toCents(await fetchSpending(ada, month, 'EUR'))).toBe(sent + 14550);
    const chartMended = await chart();
    expect(chartMended).not.toEqual(chartSent);

    await correction.getByRole('link', { name: 'Open the upload' }).click();
    await page.waitForURL((address) => address.href !== uploadPage);
    await page.getByRole('button', { name: 'What did this version change?' }).click();
    await page.getByRole('region', { name: 'Differences' }).getByText('27.50').waitFor();
    await page.getByRole('button', { name: 'Undo this correction' }).click();
    await page.getByText('Undone. The rows of the earlier version count again.').waitFor(importTimeout);
    expect(toCents(await fetchSpending(ada, month, 'EUR'))).toBe(sent);
    expect(await chart()).toEqual(chartSent);

    await page.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByText('Restored. The rows of this version count again.').waitFor(importTimeout);
    expect(toCents(await fetchSpending(ada, month, 'EUR'))).toBe(sent + 14550);
    expect(await chart()).toEqual(chartMended);
    await looking.close();

    // The next export of this bank is mapped automatically.
    await openUploads(page, url);
    await drop(page, [
      { ...(await readDraggedFile(join(bankExports, 'stadtbank-nordufer-2025-06.csv'))), name: 'next month.csv' },
    ]);
    const next = getCard(page, 'next month-expenses.csv');
    await next.getByText('read with your template “Stadtbank Giro”').waitFor();
    // All rows of this file are already there, except the two rows that need fixing.
    await next.getByText('already there').waitFor();
    await expect
      .poll(() => next.getByRole('img').first().getAttribute('aria-label'))
      .toBe('0 usable, 20 duplicates, 2 to fix');
    expect(ada.errors).toEqual([]);
    await ada.close();
  });

  test('the console asks for the date order if day and month are ambiguous', async () => {
    const { browser, url } = setting();
    const ada = await signIn(browser, url, 'ada');
    const { page } = ada;
    await openUploads(page, url);
    await drop(page, [await readDraggedFile(join(bankExports, 'harbour-bank-2025-05-01-to-12.csv'))]);
    await getCard(page, /harbour/)
      .getByRole('button', { name: 'Match the columns' })
      .click();
    const editor = page.getByRole('dialog', { name: 'Match the columns of harbour-bank-2025-05-01-to-12.csv' });
    await editor.getByText(/These dates can be read either way/).waitFor();
    await editor.getByRole('textbox', { name: 'Account in every row' }).fill('Harbour current');
    const currency = editor.getByRole('textbox', { name: 'Currency in every row' });
    await currency.fill('pounds');
    await editor.getByText('A currency code has three capital letters, such as EUR.').waitFor();
    await currency.fill('gbp');
    await editor.getByText('Still needed: date order.').waitFor();
    await editor.getByRole('radio', { name: /^Day first/ }).click();
    await editor.getByRole('cell', { name: '2025-05-03' }).waitFor();
    await editor.getByRole('checkbox', { name: /template/ }).click();
    await editor.getByRole('button', { name: 'Use these columns' }).click();
    const card = getCard(page, /harbour.*-expenses\.csv/);
    await card.getByText('£').first().waitFor();
    await send(card);
    await waitUntilImported(card);
    expect(await fetchSpending(ada, '2025-05', 'GBP')).toMatch(/^1328\.13/);
    await ada.close();
  });
}
