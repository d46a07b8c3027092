/** People of samples/ in front of the console: how they sign in, and what their pages ask the API for. */

import { CommandError } from '@centflow/command-line/exit';
import { isInOneCurrency, visuals } from '@centflow/reports';
import { z } from 'zod';
import type { Wanted } from './api-load.ts';
import type { Credentials } from './in-browser.ts';

/** A household of samples/, with what it is mostly in. */
export interface Household {
  readonly owner: string;
  readonly currency: string;
}

export const ADA: Household = { owner: 'ada', currency: 'EUR' };
/** All of them. The API limits what one person asks at once, and 200 requests a second are many people's. */
export const households: readonly Household[] = [
  ADA,
  { owner: 'maya', currency: 'USD' },
  { owner: 'kenji', currency: 'JPY' },
];

const credentials = z.object({ token: z.string(), expiresAt: z.string() });

/** Signs an owner in by a click. */
export async function signIn(url: string, owner: string): Promise<Credentials> {
  const response = await fetch(`${url}/api/local/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ owner }),
  });
  if (!response.ok) throw new CommandError(`The console does not sign ${owner} in: it answers ${response.status}`);
  return credentials.parse(await response.json());
}

/** What people who go from page to page have the web ask for, one after the other: mostly charts, every one there is in turn. */
export async function requestsOfPages(url: string, people: readonly Household[]): Promise<Wanted[]> {
  const each = await Promise.all(
    people.map(async ({ owner, currency }) => {
      const { token } = await signIn(url, owner);
      return pathsOfPages(currency).map((asked) => ({ ...asked, token }));
    }),
  );
  return (each[0] ?? []).flatMap((_, at) => each.flatMap((list) => list[at] ?? []));
}

function pathsOfPages(inCurrency: string): Omit<Wanted, 'token'>[] {
  const session = { kind: 'session', path: '/api/session' };
  const choices = { kind: 'choices', path: '/api/choices' };
  const uploads = { kind: 'uploads, a page', path: '/api/uploads?limit=50' };
  const transactions = { kind: 'transactions, the newest', path: '/api/transactions' };
  return visuals.flatMap((drawn, index) => {
    const currency = isInOneCurrency(drawn) ? `?currency=${inCurrency}` : '';
    const visual = { kind: 'visuals', path: `/api/visuals/${drawn.id}${currency}` };
    const other = [session, uploads, choices, transactions][(index / 2) % 4] ?? session;
    return index % 2 === 0 ? [visual, other] : [visual];
  });
}
