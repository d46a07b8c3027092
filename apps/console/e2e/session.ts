/** What a page keeps of a session, and how one ends before its time. */
import type { Page } from 'playwright-core';

export interface StoredSession {
  readonly token: string;
  /** Of a provider; there is none after a click. */
  readonly refreshToken: string;
}

/** Null where nobody is signed in. */
export const storedSession = (page: Page): Promise<StoredSession | null> =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem('centflow-session') ?? 'null'));

/** From now on the API refuses the token that the page has, as it does an expired one; the next is taken. */
export async function expireSession(page: Page): Promise<void> {
  const old = (await storedSession(page))?.token;
  await page.route('**/api/**', async (route, request) => {
    if (request.headers().authorization !== `Bearer ${old}`) return route.continue();
    return route.fulfill({
      status: 401,
      contentType: 'application/problem+json',
      body: '{"title":"Expired","status":401}',
    });
  });
}
