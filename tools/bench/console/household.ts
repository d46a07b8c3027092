/** Signs in the owners of samples/, and lists the API requests of their pages. */
import { CommandError } from '@centflow/command-line/exit';
import { isInOneCurrency, visuals } from '@centflow/reports';
import { z } from 'zod';
import type { Wanted } from './api-load.ts';
import type { Credentials } from './in-browser.ts';

/** A household of samples/ and its main currency. */
export interface Household {
  readonly owner: string;
  readonly currency: string;
}

export const ADA: Household = { owner: 'ada', currency: 'EUR' };
/**
 * All households of samples/. The load needs several people, because the API limits the parallel requests of one
 * person.
 */
export const households: readonly Household[] = [
  ADA,
  { owner: 'maya', currency: 'USD' },
  { owner: 'kenji', currency: 'JPY' },
];

const credentials = z.object({ token: z.string(), expiresAt: z.string() });

/** Signs an owner in, like the local console's sign-in button. */
export async function signIn(url: string, owner: string): Promise<Credentials> {
  const response = await fetch(`${url}/api/local/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ owner }),
  });
  if (!response.ok)
    throw new CommandError(`The console did not sign in ${owner}. Its answer has the status ${response.status}`);
  return credentials.parse(await response.json());
}

/**
 * Returns the requests of people who open one page after another. Most requests are for charts, and every visual
 * appears in turn.
 */
export async function requestsOfPages(url: string, people: readonly Household[]): Promise<Wanted[]> {
  const each = await Promise.all(
    people.map(async ({ owner, currency }) => {
      const { token } = await signIn(url, owner);
      return pathsOfPages(currency).map((asked) => ({ ...asked, token }));
    }),
  );
  return (each[0] ?? []).flatMap((_, index) => each.flatMap((list) => list[index] ?? []));
}

function pathsOfPages(inCurrency: string): Omit<Wanted, 'token'>[] {
  const session = { kind: 'session', path: '/api/session' };
  const choices = { kind: 'choices', path: '/api/choices' };
  const uploads = { kind: 'one page of uploads', path: '/api/uploads?limit=50' };
  const transactions = { kind: 'newest transactions', path: '/api/transactions' };
  return visuals.flatMap((drawn, index) => {
    const currency = isInOneCurrency(drawn) ? `?currency=${inCurrency}` : '';
    const visual = { kind: 'visuals', path: `/api/visuals/${drawn.id}${currency}` };
    const other = [session, uploads, choices, transactions][(index / 2) % 4] ?? session;
    return index % 2 === 0 ? [visual, other] : [visual];
  });
}
