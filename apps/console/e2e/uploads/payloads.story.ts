import { expect, test } from 'vitest';
import { markup, quote, script } from '../payloads.ts';
import { drop, getCard, openUploads, signIn, waitUntilImported } from './person.ts';
import type { Setting } from './setting.ts';

export function payloadsStory(setting: Setting): void {
  test('markup in the name, the header and the cells of a file stays plain text', { timeout: 180_000 }, async () => {
    const { browser, url } = setting();
    const kenji = await signIn(browser, url, 'kenji');
    const { page } = kenji;
    await openUploads(page, url);
    const name = `${markup}.csv`;
    const text = [
      `date,merchant,category,account,amount,currency,description,${quote(markup)}`,
      `2025-04-01,${quote(markup)},${quote(script)},Cash,100,JPY,${quote('=1+1')},x`,
      `2025-04-02,Good,Groceries,Cash,200,JPY,,x`,
      `${quote(script)},${quote(markup)},Groceries,Cash,1,JPY,,x`,
      '',
    ].join('\n');
    await drop(page, [{ name, text }]);
    const card = page.getByRole('article').first();
    await card.getByText(name, { exact: true }).first().waitFor();
    await card.getByText(`Ignored columns: ${markup}.`).waitFor();
    await card.getByText(script, { exact: false }).first().waitFor();
    await card.getByRole('button', { name: 'Send' }).click();
    await waitUntilImported(card);
    await card.getByRole('link', { name: /^Fix 1 rows? of/ }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect(await page.getByRole('textbox', { name: 'date, row 4' }).inputValue()).toBe(script);
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    expect(kenji.errors).toEqual([]);
    await kenji.close();
  });

  test('markup in the name of a template and in a bank’s columns stays plain text', { timeout: 120_000 }, async () => {
    const { browser, url } = setting();
    const kenji = await signIn(browser, url, 'kenji');
    const { page } = kenji;
    await openUploads(page, url);
    await drop(page, [
      {
        name: 'strange bank.csv',
        text: `Date;Payee;${markup};Amount\n2025-04-20;=cmd();${script.replaceAll('"', '')};-5\n2025-04-21;Shop;b;-7\n2025-04-22;Shop;c;-9\n`,
      },
    ]);
    await getCard(page, 'strange bank.csv').getByRole('button', { name: 'Match the columns' }).click();
    const editor = page.getByRole('dialog', { name: 'Match the columns of strange bank.csv' });
    await editor.getByRole('columnheader', { name: markup }).waitFor();
    await editor.getByRole('textbox', { name: 'Account in every row' }).fill('Cash');
    await editor.getByRole('textbox', { name: 'Currency in every row' }).fill('JPY');
    await editor.getByRole('textbox', { name: 'Name of the template' }).fill(markup);
    await editor.getByRole('button', { name: 'Use these columns' }).click();
    await getCard(page, 'strange bank-expenses.csv').getByText(`read with your template “${markup}”`).waitFor();

    await page.goto(`${url}/templates`);
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe(markup);
    await page.getByRole('textbox', { name: 'Name' }).fill('Strange bank');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('button', { name: 'Change the columns of Strange bank' }).click();
    const dialog = page.getByRole('dialog', { name: 'Strange bank' });
    await dialog.getByRole('textbox', { name: 'Account in every row' }).fill('Purse');
    await dialog.getByRole('button', { name: 'Save changes' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete Strange bank' }).click();
    await page.getByRole('button', { name: 'Delete template' }).click();
    await page.getByRole('heading', { name: 'No templates yet' }).waitFor();
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
    expect(kenji.errors).toEqual([]);
    await kenji.close();
  });
}
