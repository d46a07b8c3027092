import { readFile } from 'node:fs/promises';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { s3Client } from '../../api/clients.ts';
import { awsOf } from '../../api/local/config.ts';
import { expireSession } from '../session.ts';
import { configOf } from '../stack.ts';
import {
  buildExpenses,
  drop,
  getCard,
  importTimeout,
  openUploads,
  type Person,
  send,
  signIn,
  waitUntilImported,
} from './person.ts';
import type { Setting } from './setting.ts';

interface ListedUpload {
  readonly uploadId: number;
  readonly objectKey: string;
  readonly state: string;
}

async function findUpload(person: Person, key: string, state = 'published'): Promise<ListedUpload | undefined> {
  const { uploads } = (await person.get('/api/uploads?limit=200')) as { uploads: readonly ListedUpload[] };
  return uploads.find(({ objectKey, state: its }) => objectKey === key && its === state);
}

function openStorage(setting: Setting) {
  const config = configOf(setting().running.stack);
  return { s3: s3Client({ ...awsOf(config), forcePathStyle: true }), Bucket: config.UPLOADS_BUCKET };
}

export function fixingStory(setting: Setting): void {
  test('typed fixes survive an expired session and a reload', { timeout: 180_000 }, async () => {
    const { browser, url } = setting();
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    const upload = await findUpload(maya, 'raw/expenses/owner=maya/cash-2025.csv');
    await page.goto(`${url}/uploads/${upload?.uploadId}`);
    await page.getByRole('textbox', { name: 'date, row 4' }).fill('2025-02-28');
    await page.getByText('1 of 9 fixed').waitFor();

    await expireSession(page);
    await page.getByRole('button', { name: 'Preview the corrected file' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    // Token times have a resolution of one second, so two tokens issued in the same second would be equal.
    await page.waitForTimeout(1_100);
    await dialog.getByRole('button', { name: /^maya *\d+ upload/ }).click();
    await getCard(page, 'cash-2025.csv').getByText('25', { exact: true }).waitFor();

    await page.reload();
    await page.getByText('Your unsent changes were restored.').waitFor();
    expect(await page.getByRole('textbox', { name: 'date, row 4' }).inputValue()).toBe('2025-02-28');
    await maya.close();
  });

  test('the CSV download of rows to fix contains no executable formula', async () => {
    const { browser, url } = setting();
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    await openUploads(page, url);
    await drop(page, [
      {
        name: 'formulas.csv',
        text: buildExpenses(
          [
            ['2025-03-01', 'Good', '1.00'],
            ['2025-03-02', 'Good', '2.00'],
            ['2025-03-03', 'Good', '3.00'],
            ['2025-13-01', '=HYPERLINK("http://evil.example")', '1.00'],
            ['2025-13-02', '@SUM(A1)', '2.00'],
          ].map(
            ([date = '', merchant = '', amount = '']) =>
              [date, merchant.includes('"') ? `"${merchant.replaceAll('"', '""')}"` : merchant, amount] as const,
          ),
        ),
      },
    ]);
    const card = getCard(page, 'formulas.csv');
    await send(card);
    await waitUntilImported(card);
    await card.getByRole('link', { name: /^Fix 2 rows/ }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as CSV' }).click();
    const text = await readFile(await (await download).path(), 'utf8');
    expect((await download).suggestedFilename()).toBe('formulas to fix.csv');
    expect(text).toContain(`'=HYPERLINK`);
    expect(text).toContain(`'@SUM(A1)`);
    expect(text).not.toMatch(/(^|,)"?[=@]/m);
    await maya.close();
  });

  test('the page shows why a file cannot be imported before the file is sent', async () => {
    const { browser, url } = setting();
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    await openUploads(page, url);
    await drop(page, [
      {
        name: 'mostly-bad.csv',
        text: buildExpenses(
          [
            ['yesterday', 'A', '1'],
            ['today', 'B', '2'],
            ['2025-01-01', 'C', '3.00'],
          ],
          'USD',
        ),
      },
      { name: 'empty.csv', text: '' },
    ]);
    const card = getCard(page, 'mostly-bad.csv');
    await card.getByText('This file can’t be imported').waitFor();
    await card.getByText(/2 of 3 rows have problems/).waitFor();
    expect(await card.getByRole('button', { name: 'Send' }).count()).toBe(0);
    await getCard(page, 'empty.csv')
      .getByText(/We don’t know this layout|is empty/)
      .first()
      .waitFor();
    await maya.close();
  });

  test('the page shows why a file was refused, and imports the corrected file', { timeout: 180_000 }, async () => {
    const { browser, url } = setting();
    const { s3, Bucket } = openStorage(setting);
    const Key = 'raw/expenses/owner=maya/from-elsewhere.csv';
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'date,amount\n2025-01-01,1.00\n' }));
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    await expect.poll(() => findUpload(maya, Key, 'rejected'), { timeout: 60_000 }).toBeDefined();
    const upload = await findUpload(maya, Key, 'rejected');
    await page.goto(`${url}/uploads/${upload?.uploadId}`);
    await page.getByText('This file was not imported, and none of its rows count.').waitFor();
    await page.getByText(/is missing merchant, category, account, currency/).waitFor();

    await openUploads(page, url);
    await drop(page, [
      { name: 'from-elsewhere.csv', text: buildExpenses([['2025-01-01', 'Elsewhere', '1.00']], 'USD') },
    ]);
    const card = getCard(page, 'from-elsewhere.csv');
    await card.getByRole('button', { name: 'Replace' }).click();
    await card.getByRole('button', { name: 'Send the correction' }).click();
    await waitUntilImported(card);
    s3.destroy();
    await maya.close();
  });

  test('undoing an upload is refused with advice if the file has changed since', { timeout: 180_000 }, async () => {
    const { browser, url } = setting();
    const { s3, Bucket } = openStorage(setting);
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    await openUploads(page, url);
    await drop(page, [{ name: 'moving.csv', text: buildExpenses([['2025-01-02', 'Mover', '1.00']], 'USD') }]);
    const card = getCard(page, 'moving.csv');
    await send(card);
    await waitUntilImported(card);
    await card.getByRole('link', { name: 'Open the upload' }).click();
    const undo = page.getByRole('button', { name: 'Undo this upload' });
    await undo.waitFor();
    // Another window has just deleted the file.
    await page.route('**/api/objects/versions**', (route) => route.abort());
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'raw/expenses/owner=maya/moving.csv' }));
    await undo.click();
    await page.getByRole('alert').filter({ hasText: 'Not possible right now' }).waitFor();
    await page.unroute('**/api/objects/versions**');
    await page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByText('Restored. The rows of this version count again.').waitFor(importTimeout);
    s3.destroy();
    await maya.close();
  });

  test('a first upload can be undone and restored', { timeout: 180_000 }, async () => {
    const { browser, url } = setting();
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    await openUploads(page, url);
    await drop(page, [{ name: 'undone.csv', text: buildExpenses([['2025-01-03', 'Undone', '1.00']], 'USD') }]);
    const card = getCard(page, 'undone.csv');
    await send(card);
    await waitUntilImported(card);
    await card.getByRole('link', { name: 'Open the upload' }).click();
    await page.getByRole('button', { name: 'Undo this upload' }).click();
    await page.getByText('Undone. These rows no longer count.').waitFor(importTimeout);
    await page.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByText('Restored. The rows of this version count again.').waitFor(importTimeout);
    await maya.close();
  });

  test('a transaction links to its row in the file', async () => {
    const { browser, url } = setting();
    const maya = await signIn(browser, url, 'maya');
    const { page } = maya;
    const upload = await findUpload(maya, 'raw/expenses/owner=maya/2023.csv.gz');
    await page.goto(`${url}/uploads/${upload?.uploadId}?row=7`);
    const line = page.getByRole('region', { name: 'Rows of the file' });
    await line.waitFor();
    expect(await line.locator('tr[aria-current]').getByRole('cell').first().textContent()).toBe('7');
    await maya.close();
  });
}
