/**
 * The API client for people who are signed in. Imports only the types of the server's routes, not the server's code.
 */
import { hc } from 'hono/client';
import type { Api } from '../../../api/contract/api.ts';
import { session } from '../session/this-tab.ts';
import { pause } from '../shared/pause.ts';

/** The maximum number of retries of a request that was refused with 429. */
const RETRIES_WHEN_BUSY = 3;

/**
 * Sends a request with the token of the session.
 *
 * After a 401 the token is renewed once. If the renewal fails, the request waits for the next sign-in, so no request is
 * lost. After a 429 the client waits for the time in `Retry-After` and repeats the request. The repetition is safe,
 * because the server did not process the request. Use text or blobs as bodies, because a retry cannot read a stream
 * again.
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

/** Returns the seconds before a retry. The default is one second, because API Gateway sends no `Retry-After`. */
function getRetrySeconds({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 && seconds <= 30 ? seconds : 1;
}

const routes = hc<Api>(location.origin, { fetch: sessionFetch });
export const api = routes.api;

export { readAnswer } from './public-client.ts';
