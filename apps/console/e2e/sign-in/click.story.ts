import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Belongings } from '../../api/test/world.ts';
import { expireSession } from '../session.ts';
import { bankExports, buildExpenses, drop, getCard, openUploads, readDraggedFile, signIn } from '../uploads/person.ts';

type ClickSetting = () => { readonly browser: Browser; readonly urlByClick: string; readonly ada: Belongings };

export function clickStory(setting: ClickSetting): void {
  test('the filters of a dashboard survive an expired session', async () => {
    const { browser, urlByClick, ada } = setting();
    const person = await signIn(browser, urlByClick, 'ada');
    const { page } = person;
    await page.goto(`${urlByClick}/dashboards/accounts`);
    const account = page.getByRole('search').getByRole('combobox', { name: 'Account' });
    await account.waitFor();
    await page.waitForLoadState('networkidle');

    await expireSession(page);
    await account.click();
    await page.getByRole('option', { name: `Account ${ada.secret}` }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    // Token times have a resolution of one second, so two tokens issued in the same second would be equal.
    await page.waitForTimeout(1_100);
    const answered = page.waitForResponse(
      (response) => /visuals.*account=/.test(response.url()) && response.status() === 200,
    );
    await dialog.getByRole('button', { name: /^ada *\d+ upload/ }).click();
    await answered;
    await dialog.waitFor({ state: 'detached' });
    expect(await account.inputValue()).toBe(`Account ${ada.secret}`);
    expect(new URL(page.url()).searchParams.get('account')).toBe(`Account ${ada.secret}`);
    expect(person.errors).toEqual([]);
    await person.close();
  });

  test('dropped files and drafts of one person are not shown to the next person in the same browser', async () => {
    const { browser, urlByClick } = setting();
    const unknown = await readDraggedFile(join(bankExports, 'stadtbank-nordufer-2025-06.csv'));
    const secret = 'DE89 3704 0044 0532 0130 00';
    const person = await signIn(browser, urlByClick, 'ada');
    const { page } = person;
    await openUploads(page, urlByClick);
    await drop(page, [{ name: 'of ada.csv', text: buildExpenses([['2025-03-01', 'Market', '5.00']]) }, unknown]);
    await getCard(page, 'of ada.csv').getByRole('button', { name: /^Send/ }).waitFor();
    const account = await openMapping(page, unknown.name);
    await account.fill(secret);
    await expect.poll(() => readDrafts(page)).toContain(secret);

    // Bob signs in in another tab while Ada is signed in.
    const other = await page.context().newPage();
    await other.goto(urlByClick);
    await signInAs(other, 'bob');
    await openUploads(other, urlByClick);
    await drop(other, [unknown]);
    expect(await (await openMapping(other, unknown.name)).inputValue()).toBe('');
    await other.close();
    // A reload keeps Ada's draft.
    await page.reload();
    await drop(page, [unknown]);
    expect(await (await openMapping(page, unknown.name)).inputValue()).toBe(secret);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await drop(page, [{ name: 'of ada.csv', text: buildExpenses([['2025-03-01', 'Market', '5.00']]) }]);
    await getCard(page, 'of ada.csv').waitFor();

    // Bob signs in in the same tab after Ada has signed out.
    const left = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await left;
    expect(await readDrafts(page)).not.toContain(secret);
    await signInAs(page, 'bob');
    await page.getByRole('link', { name: 'Uploads', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Uploads', level: 1 }).waitFor();
    expect(await page.getByRole('article').count()).toBe(0);
    await drop(page, [unknown]);
    expect(await (await openMapping(page, unknown.name)).inputValue()).toBe('');
    await person.close();
  });
}

async function signInAs(page: Page, owner: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${owner} *\\d+ upload`) }).click();
  await page.getByRole('link', { name: 'Uploads', exact: true }).first().waitFor({ state: 'attached' });
}

/** Opens the column matching of a file and returns the input for its account. */
async function openMapping(page: Page, fileName: string): Promise<Locator> {
  await getCard(page, fileName).getByRole('button', { name: 'Match the columns' }).click();
  const account = page.getByRole('textbox', { name: 'Account in every row' });
  await account.waitFor();
  return account;
}

/** Returns all drafts in the browser as text. */
function readDrafts(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opened = indexedDB.open('centflow-drafts');
        opened.onerror = () => reject(opened.error);
        opened.onsuccess = () => {
          const kept = opened.result.transaction('drafts').objectStore('drafts').getAll();
          kept.onerror = () => reject(kept.error);
          kept.onsuccess = () => {
            opened.result.close();
            resolve(JSON.stringify(kept.result));
          };
        };
      }),
  );
}
