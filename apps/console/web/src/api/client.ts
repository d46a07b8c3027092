/** The API client for people who are signed in. Its types come from the server's routes; no server code is imported. */
import { hc } from 'hono/client';
import type { Api } from '../../../api/contract/api.ts';
import { session } from '../session/this-tab.ts';
import { pause } from '../shared/pause.ts';

/** How many times a request refused with 429 is repeated. */
const RETRIES_WHEN_BUSY = 3;

/**
 * Sends a request with the token of the session.
 *
 * After a 401 the token is renewed once. If that fails, the request waits for the next sign-in, so an expired session
 * loses nothing. After a 429 the request is repeated after the time that the answer names, because the server has done
 * nothing. Bodies must be readable twice: use text or blobs, not streams.
 */
export const sessionFetch: typeof fetch = async (input, init) => {
  let refused = false;
  for (let retries = 0; ; ) {
    const token = await session.token(init?.signal);
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(input, { ...init, headers });
    if (response.status === 429 && retries < RETRIES_WHEN_BUSY) {
      retries += 1;
      await pause(getRetrySeconds(response) * 1000, init?.signal);
      continue;
    }
    if (response.status !== 401) return response;
    if (refused) session.expire(token);
    else await session.renewOrExpire(token);
    refused = true;
  }
};

/** Returns the seconds to wait. API Gateway names no time, so the default is one second. */
function getRetrySeconds({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 && seconds <= 30 ? seconds : 1;
}

const routes = hc<Api>(location.origin, { fetch: sessionFetch });
export const api = routes.api;

export { readAnswer } from './public-client.ts';
