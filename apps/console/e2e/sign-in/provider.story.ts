import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Belongings } from '../../api/test/world.ts';
import { readSession, type StoredSession } from '../session.ts';
import { type Provider, TOKEN_SECONDS } from './provider.ts';

export type SignInSetting = () => {
  readonly browser: Browser;
  readonly url: string;
  readonly provider: Provider;
  readonly ada: Belongings;
};

/** Enough time for a token to expire, even on a busy machine. */
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

async function readSessionAfterSignIn(page: Page): Promise<StoredSession> {
  const stored = await readSession(page);
  if (stored === null) throw new Error('Nobody is signed in.');
  return stored;
}

const list = (page: Page) => page.getByRole('list', { name: 'Transactions' });
const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' });

/** Waits until the API refuses the token. */
async function waitUntilRefused(url: string, token: string): Promise<void> {
  const status = async () =>
    (await fetch(`${url}/api/session`, { headers: { authorization: `Bearer ${token}` } })).status;
  await expect.poll(status, { ...slow, interval: 500 }).toBe(401);
}

/** Returns whether this refresh token can still renew a session, for example in the hands of a thief. */
async function canRenew({ signIn: { authority, clientId } }: Provider, refreshToken: string): Promise<boolean> {
  const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken });
  return (await fetch(`${authority}/token`, { method: 'POST', body })).ok;
}

export function providerStory(setting: SignInSetting): void {
  test('signing in opens the requested page with the data of the person who signed in', async () => {
    const { ada } = setting();
    const page = await signIn(setting, '/transactions?q=secret');
    await list(page).getByText(ada.secret).first().waitFor();
    expect(new URL(page.url()).search).toBe('?q=secret');
    const rows = await list(page).getByRole('listitem').allInnerTexts();
    expect(rows.every((row) => row.includes(ada.secret))).toBe(true);
    await page.context().close();
  });

  test('a token is renewed with a rotating refresh token before it expires', slow, async () => {
    const { url } = setting();
    const page = await signIn(setting, '/transactions');
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400) refused.push(response.url());
    });
    const first = await readSessionAfterSignIn(page);
    await waitUntilRefused(url, first.token);
    await page.getByRole('searchbox').fill('secret');
    await page.waitForURL(/q=secret/);
    await list(page).getByRole('listitem').first().waitFor();
    const second = await readSessionAfterSignIn(page);
    expect(second.token).not.toBe(first.token);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  test('typed text survives a failed token renewal, and only the same person can continue', {
    timeout: 150_000,
  }, async () => {
    const { url, provider, ada } = setting();
    const page = await signIn(setting, '/transactions');
    await provider.revokeAll();
    await waitUntilRefused(url, (await readSessionAfterSignIn(page)).token);
    await page.getByRole('searchbox').fill('secret');
    const dialog = dialogOf(page);
    const signInAs = async (owner: string) => {
      const opened = page.waitForEvent('popup');
      await dialog.getByRole('button', { name: 'Sign in' }).click();
      const popup = await opened;
      // The provider signs out the remembered person before it shows the sign-in form.
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

  test("signing out deletes and revokes the refresh token and ends the provider's session", async () => {
    const { provider } = setting();
    const page = await signIn(setting, '/transactions');
    const { refreshToken } = await readSessionAfterSignIn(page);
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    const confirm = page.getByRole('button', { name: 'Yes, sign me out' });
    await confirm.waitFor();
    expect(await canRenew(provider, refreshToken)).toBe(false);
    await confirm.click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('textbox', { name: 'Owner' }).waitFor();
    await page.goBack();
    expect(await readSession(page)).toBeNull();
    await page.context().close();
  });
}
