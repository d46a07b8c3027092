import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Belongings } from '../../api/test/world.ts';
import { type StoredSession, storedSession } from '../session.ts';
import { type Provider, TOKEN_SECONDS } from './provider.ts';

export type SignInSetting = () => {
  readonly browser: Browser;
  readonly url: string;
  readonly provider: Provider;
  readonly ada: Belongings;
};

/** A life of a token, on a machine that does other things as well. */
const slow = { timeout: (TOKEN_SECONDS + 40) * 1000 };

async function open(setting: SignInSetting, address: string): Promise<Page> {
  const { browser, url } = setting();
  const page = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } })).newPage();
  page.setDefaultTimeout(90_000);
  await page.goto(`${url}${address}`);
  return page;
}

async function typeAtProvider(page: Page, owner: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Owner' }).fill(owner);
  await page.getByRole('button', { name: 'Go on' }).click();
}

async function signIn(setting: SignInSetting, address: string, owner = 'ada'): Promise<Page> {
  const page = await open(setting, address);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await typeAtProvider(page, owner);
  await page.getByRole('button', { name: 'Sign out' }).first().waitFor();
  return page;
}

async function storedAfterSignIn(page: Page): Promise<StoredSession> {
  const stored = await storedSession(page);
  if (stored === null) throw new Error('Nobody is signed in.');
  return stored;
}

const list = (page: Page) => page.getByRole('list', { name: 'Transactions' });
const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' });

/** Asks the API, so long as it takes this token. */
async function untilRefused(url: string, token: string): Promise<void> {
  const status = async () =>
    (await fetch(`${url}/api/session`, { headers: { authorization: `Bearer ${token}` } })).status;
  await expect.poll(status, { ...slow, interval: 500 }).toBe(401);
}

/** Asked from outside of the page, as a thief would. */
async function renews({ signIn: { authority, clientId } }: Provider, refreshToken: string): Promise<boolean> {
  const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken });
  return (await fetch(`${authority}/token`, { method: 'POST', body })).ok;
}

export function providerStory(setting: SignInSetting): void {
  test('signing in leads to the page that was asked for, with the money of the one who signed in', async () => {
    const { ada } = setting();
    const page = await signIn(setting, '/transactions?q=secret');
    await list(page).getByText(ada.secret).first().waitFor();
    expect(new URL(page.url()).search).toBe('?q=secret');
    const rows = await list(page).getByRole('listitem').allInnerTexts();
    expect(rows.every((row) => row.includes(ada.secret))).toBe(true);
    await page.context().close();
  });

  test('a token is renewed before it expires, by a refresh token that rotates, and nobody notices', slow, async () => {
    const { url } = setting();
    const page = await signIn(setting, '/transactions');
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(response.url());
    });
    const first = await storedAfterSignIn(page);
    await untilRefused(url, first.token);
    await page.getByRole('searchbox').fill('secret');
    await page.waitForURL(/q=secret/);
    await list(page).getByRole('listitem').first().waitFor();
    const second = await storedAfterSignIn(page);
    expect(second.token).not.toBe(first.token);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  test('nothing typed is lost where nobody renews, and only the same person goes on', {
    timeout: 150_000,
  }, async () => {
    const { url, provider, ada } = setting();
    const page = await signIn(setting, '/transactions');
    await provider.revokeAll();
    await untilRefused(url, (await storedAfterSignIn(page)).token);
    await page.getByRole('searchbox').fill('secret');
    const dialog = dialogOf(page);
    const signInAs = async (owner: string) => {
      const opened = page.waitForEvent('popup');
      await dialog.getByRole('button', { name: 'Sign in' }).click();
      const popup = await opened;
      // The provider forgets who was signed in before it asks.
      await popup.getByRole('button', { name: 'Yes, sign me out' }).click();
      await typeAtProvider(popup, owner);
    };
    await signInAs('bob');
    await dialog.getByText('That is a different person.').waitFor();
    await signInAs('ada');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('searchbox').inputValue()).toBe('secret');
    await list(page).getByText(ada.secret).first().waitFor();
    await page.context().close();
  });

  test('signing out forgets and revokes the refresh token, and ends the session at the provider', async () => {
    const { provider } = setting();
    const page = await signIn(setting, '/transactions');
    const { refreshToken } = await storedAfterSignIn(page);
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    const confirm = page.getByRole('button', { name: 'Yes, sign me out' });
    await confirm.waitFor();
    expect(await renews(provider, refreshToken)).toBe(false);
    await confirm.click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('textbox', { name: 'Owner' }).waitFor();
    await page.goBack();
    expect(await storedSession(page)).toBeNull();
    await page.context().close();
  });
}
