/** The API, typed by the server's own routes; only their types come here. */
import { type ClientResponse, hc } from 'hono/client';
import type { SuccessStatusCode } from 'hono/utils/http-status';
import type { Api } from '../../../api/contract/api.ts';
import { session } from '../session/this-tab.ts';
import { pause } from '../shared/pause.ts';
import { readProblem } from './problem.ts';

/** How often a request is sent again that was one of too many. */
const RETRIES_WHEN_BUSY = 3;

/**
 * `fetch` as whoever is signed in. A refused token is renewed once; then the request waits for the next sign-in and is sent
 * again, so that a session that expires loses nothing. A request that was one of too many (429) has done nothing: it is sent
 * again after the time that the answer names. Bodies must be readable twice: text or blobs, no streams.
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
      await pause(secondsUntilRetry(response) * 1000, init?.signal);
      continue;
    }
    if (response.status !== 401) return response;
    if (refused) session.expire(token);
    else await session.renewOrExpire(token);
    refused = true;
  }
};

/** API Gateway refuses without naming a time. */
function secondsUntilRetry({ headers }: Response): number {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 && seconds <= 30 ? seconds : 1;
}

const routes = hc<Api>(location.origin, { fetch: sessionFetch });
export const api = routes.api;

/** Without a session: what is public. */
export const publicApi = hc<Api>(location.origin).api;

type Succeeded<R> =
  R extends ClientResponse<infer T, infer Status, 'json'> ? (Status extends SuccessStatusCode ? T : never) : never;

/**
 * The body of a successful answer.
 *
 * @throws ApiError where the API refused, in its words
 * @throws TypeError where it could not be reached
 */
export async function readAnswer<R extends ClientResponse<unknown, number, 'json'>>(
  pending: Promise<R>,
): Promise<Succeeded<R>> {
  const response = await pending;
  if (!response.ok) throw await readProblem(response as unknown as Response);
  return (await response.json()) as Succeeded<R>;
}
