/** People of samples/ in front of the console: how they sign in, and what their pages ask the API for. */
import { isInOneCurrency, visuals } from '@centflow/reports';
import { z } from 'zod';
import { CommandError } from '../../exit.ts';
import type { Wanted } from './api-load.ts';
import type { Credentials } from './in-browser.ts';

/** The owner of one household. */
export const OWNER = 'ada';
const CURRENCY = 'EUR';

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

/** What a person who goes from page to page has the web ask for: mostly charts, every one there is in turn. */
export function requestsOfPages(): Wanted[] {
  const session = { kind: 'session', path: '/api/session' };
  const choices = { kind: 'choices', path: '/api/choices' };
  const uploads = { kind: 'uploads, a page', path: '/api/uploads?limit=50' };
  const transactions = { kind: 'transactions, the newest', path: '/api/transactions' };
  return visuals.flatMap((drawn, index) => {
    const currency = isInOneCurrency(drawn) ? `?currency=${CURRENCY}` : '';
    const visual = { kind: 'visuals', path: `/api/visuals/${drawn.id}${currency}` };
    const other = [session, uploads, choices, transactions][(index / 2) % 4] ?? session;
    return index % 2 === 0 ? [visual, other] : [visual];
  });
}
