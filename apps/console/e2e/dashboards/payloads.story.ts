import { readFile } from 'node:fs/promises';
import { dashboards } from '@centflow/reports';
import { expect, test } from 'vitest';
import { markup, quote, script } from '../payloads.ts';
import { drop, getCard, openUploads, send, signIn, waitUntilImported } from '../uploads/person.ts';
import type { Setting } from '../uploads/setting.ts';

const formula = '=cmd()';
const month = '2025-04';

const row = (...cells: readonly string[]) => cells.map(quote).join(',');

export function payloadsStory(setting: Setting): void {
  test('markup and formulas in cells stay plain text on dashboards, in drills, in downloads and in lists', {
    timeout: 240_000,
  }, async () => {
    const { browser, url } = setting();
    const maya = await signIn(browser, url, 'maya', { reducedMotion: 'reduce' });
    const { page } = maya;
    const expectNothingRan = async () => {
      expect(await page.evaluate(() => 'ran' in window)).toBe(false);
      expect(maya.errors).toEqual([]);
    };
    await openUploads(page, url);
    const files = {
      'strange-expenses.csv': [
        'date,merchant,category,account,amount,currency,description,country,city,transaction_id',
        row(`${month}-05`, markup, script, markup, '900.00', 'NOK', script, 'NO', markup, markup),
        row(`${month}-06`, formula, '+1', '@account', '300.00', 'NOK', '=1+1', 'NO', '-city', '=2'),
      ],
      'strange-incomes.csv': [
        'date,source,category,account,amount,currency,description',
        row(`${month}-07`, markup, script, markup, '800.00', 'NOK', formula),
      ],
    };
    for (const [name, lines] of Object.entries(files)) {
      await drop(page, [{ name, text: `${lines.join('\n')}\n` }]);
      await send(getCard(page, name));
      await waitUntilImported(getCard(page, name));
    }

    for (const { id } of dashboards) {
      await page.goto(`${url}/dashboards/${id}?currency=NOK&from=${month}&to=${month}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      for (const mark of await page.locator('[role=img] svg path').all()) {
        await mark.hover({ force: true, timeout: 2_000 }).catch(() => undefined);
      }
      await page
        .getByRole('button', { name: /^Show “.*” as a table$/ })
        .evaluateAll((buttons) => buttons.forEach((button) => void (button as HTMLElement).click()));
      await expectNothingRan();
    }

    await page.goto(`${url}/dashboards/spending?currency=NOK&from=${month}&to=${month}`);
    await page.getByRole('button', { name: 'Save “Spending by merchant”' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Save as CSV' }).click();
    const saved = await readFile(await (await download).path(), 'utf8');
    expect(saved.trim().split('\r\n').slice(1)).toEqual([`${quote(markup)},900.0000,NOK`, `'${formula},300.0000,NOK`]);

    await page.getByRole('button', { name: 'Show “Spending by merchant” as a table' }).click();
    await page.getByRole('button', { name: markup }).click();
    await page.getByRole('link', { name: 'Row 2 of the uploaded file' }).waitFor();
    await page.getByText(script).first().waitFor();
    await expectNothingRan();

    await page.goto(`${url}/transactions?currency=NOK`);
    const list = page.getByRole('list', { name: 'Transactions' });
    await list.getByText(markup, { exact: true }).first().waitFor();
    await list.getByText(formula).first().waitFor();
    expect(await list.getByRole('listitem').count()).toBe(3);
    await page.goto(`${url}/transactions?q=${encodeURIComponent(markup)}`);
    await list.getByText(markup, { exact: true }).first().waitFor();
    await expectNothingRan();
    await maya.close();
  });
}
