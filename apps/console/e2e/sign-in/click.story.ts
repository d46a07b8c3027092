import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Belongings } from '../../api/test/world.ts';
import { expireSession } from '../session.ts';
import { signedIn } from '../uploads/person.ts';

type ClickSetting = () => { readonly browser: Browser; readonly urlByClick: string; readonly ada: Belongings };

export function clickStory(setting: ClickSetting): void {
  test('what a dashboard was narrowed down by outlives an expired session, and its figures follow', async () => {
    const { browser, urlByClick, ada } = setting();
    const person = await signedIn(browser, urlByClick, 'ada');
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
    // Tokens are signed for a second: one made in the same second would be the very same.
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
}
