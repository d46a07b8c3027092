import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  buildExpenses,
  drop,
  getCard,
  openUploads,
  readDraggedFile,
  sampleFolder,
  signIn,
  waitUntilImported,
} from './person.ts';
import type { Setting } from './setting.ts';

export function manyFilesStory(setting: Setting): void {
  test('many files dropped at once are checked and sent together', { timeout: 240_000 }, async () => {
    const { browser, url } = setting();
    const kenji = await signIn(browser, url, 'kenji');
    const { page } = kenji;
    await openUploads(page, url);
    const names = Array.from({ length: 10 }, (_, at) => `cash-2022-${String(at + 1).padStart(2, '0')}.csv`);
    await drop(page, [
      ...names.map((name, at) => ({
        name,
        text: buildExpenses([[`2022-${String(at + 1).padStart(2, '0')}-05`, `Shop ${at}`, '100']], 'JPY'),
      })),
      { name: 'figures.xlsx', text: 'PK' },
    ]);
    await page.getByText('1 file skipped').waitFor();
    await page.getByText(/This is a spreadsheet. Open it, save it/).waitFor();
    await page.getByRole('button', { name: 'Send all 10' }).click();
    for (const name of names) await waitUntilImported(getCard(page, name));
    await page.getByRole('button', { name: 'Clear finished' }).click();
    await expect.poll(() => page.getByRole('article').count()).toBe(0);
    await page.getByRole('link', { name: names[9] ?? '' }).waitFor();
    expect(kenji.errors).toEqual([]);
    await kenji.close();
  });

  test('a file that was already sent under another name has only duplicate rows', async () => {
    const { browser, url } = setting();
    const kenji = await signIn(browser, url, 'kenji');
    const { page } = kenji;
    await openUploads(page, url);
    const file = await readDraggedFile(join(sampleFolder, 'raw/expenses/owner=kenji/bank-2025.csv'));
    await drop(page, [{ ...file, name: 'the same again.csv' }]);
    await expect
      .poll(() => getCard(page, 'the same again.csv').getByRole('img').first().getAttribute('aria-label'))
      .toBe('0 usable, 66 duplicates, 0 to fix');
    await kenji.close();
  });

  test('a file with an existing name can be compared with the existing file and replace it', {
    timeout: 120_000,
  }, async () => {
    const { browser, url } = setting();
    const kenji = await signIn(browser, url, 'kenji');
    const { page } = kenji;
    await openUploads(page, url);
    const { bytes } = await readDraggedFile(join(sampleFolder, 'raw/expenses/owner=kenji/bank-2024.csv'));
    const text = (bytes ?? Buffer.alloc(0)).toString('utf8');
    const lines = text.split('\n');
    const removed = lines.splice(2, 1);
    expect(removed).toHaveLength(1);
    await drop(page, [{ name: 'bank-2024.csv', text: lines.join('\n') }]);
    const card = getCard(page, 'bank-2024.csv');
    await card.getByText('You’ve already sent a file with this name').waitFor();
    expect(await card.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
    await card.getByRole('button', { name: 'Show differences' }).click();
    await card.getByText('1 removed').waitFor();
    await card.getByText('0 changed').waitFor();
    await card.getByRole('button', { name: 'Replace' }).click();
    await card.getByRole('button', { name: 'Send the correction' }).click();
    await waitUntilImported(card);
    await kenji.close();
  });

  test('a file can be sent with the keyboard alone', { timeout: 120_000 }, async () => {
    const { browser, url } = setting();
    const kenji = await signIn(browser, url, 'kenji');
    const { page } = kenji;
    // Listens before the key press, so that the browser intercepts the file chooser.
    page.on('filechooser', () => undefined);
    await openUploads(page, url);
    // Waits for all content, because content that loads later would move the focus.
    await page.getByRole('link', { name: 'bank-2023.csv' }).waitFor();
    await pressTabUntil(page, page.getByRole('button', { name: 'Choose files' }));
    const chooser = page.waitForEvent('filechooser');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles({
      name: 'by-keyboard.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(buildExpenses([['2022-11-05', 'Keyboard shop', '12']], 'JPY')),
    });
    const card = getCard(page, 'by-keyboard.csv');
    const sendButton = card.getByRole('button', { name: 'Send' });
    await sendButton.waitFor();
    await pressTabUntil(page, sendButton);
    await page.keyboard.press('Enter');
    await waitUntilImported(card);
    await kenji.close();
  });
}

/** Presses Tab until the target has the focus. */
async function pressTabUntil(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('The Tab key does not get there.');
}
