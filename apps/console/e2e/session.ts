/** Reads and expires the session that a page stores. */
import type { Page } from 'playwright-core';

export interface StoredSession {
  readonly token: string;
  /** Present only after signing in at an OpenID provider, not after sign-in with one click. */
  readonly refreshToken: string;
}

/** Returns the stored session, or null if nobody is signed in. */
export const readSession = (page: Page): Promise<StoredSession | null> =>
  page.evaluate(() => JSON.parse(sessionStorage.getItem('centflow-session') ?? 'null'));

/** Makes the API refuse the page's current token as expired. The API accepts the next token. */
export async function expireSession(page: Page): Promise<void> {
  const old = (await readSession(page))?.token;
  await page.route('**/api/**', async (route, request) => {
    if (request.headers().authorization !== `Bearer ${old}`) return route.continue();
    return route.fulfill({
      status: 401,
      contentType: 'application/problem+json',
      body: '{"title":"Expired","status":401}',
    });
  });
}
