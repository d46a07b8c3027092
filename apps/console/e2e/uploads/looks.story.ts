import { join } from 'node:path';
import { test } from 'vitest';
import { expectGoodLooks, forms } from '../looks.ts';
import { bankExports, drop, getCard, openUploads, readDraggedFile, sampleFolder, signIn } from './person.ts';
import type { Setting } from './setting.ts';

export function looksStory(setting: Setting): void {
  test.each(forms)(
    'every page about uploads is accessible and fits a window of $width pixels in the $scheme scheme',
    { timeout: 180_000 },
    async ({ scheme, width }) => {
      const { browser, url } = setting();
      const maya = await signIn(browser, url, 'maya', { colorScheme: scheme, viewport: { width, height: 800 } });
      const { page } = maya;
      await openUploads(page, url);
      await page.getByRole('link', { name: 'cash-2025.csv' }).waitFor();
      await expectGoodLooks(page);

      await drop(page, [
        await readDraggedFile(join(bankExports, 'harbour-bank-2025-05-01-to-12.csv')),
        {
          ...(await readDraggedFile(join(sampleFolder, 'raw/expenses/owner=maya/cash-2025.csv'))),
          name: 'cash copy.csv',
        },
        await readDraggedFile(join(sampleFolder, 'raw/expenses/owner=maya/2025.csv')),
      ]);
      await getCard(page, '2025.csv').getByText('You’ve already sent a file with this name').waitFor();
      await getCard(page, 'cash copy.csv').getByText('9 rows need fixing').waitFor();
      await expectGoodLooks(page);

      await getCard(page, /harbour/)
        .getByRole('button', { name: 'Match the columns' })
        .click();
      await page
        .getByRole('dialog')
        .getByText(/These dates can be read either way/)
        .waitFor();
      await page.getByRole('dialog').getByRole('cell', { name: 'Tamar Grocers' }).first().waitFor();
      await expectGoodLooks(page);
      await page.keyboard.press('Escape');

      await page.getByRole('link', { name: 'cash-2025.csv' }).click();
      await page.getByRole('heading', { name: '9 rows to fix' }).waitFor();
      await expectGoodLooks(page);
      await page.goto(`${url}/templates`);
      await page.getByRole('heading', { name: 'Bank templates', level: 1 }).waitFor();
      await expectGoodLooks(page);
      await maya.close();
    },
  );
}
