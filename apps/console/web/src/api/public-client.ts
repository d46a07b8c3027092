/** The API client for public routes, and a function that reads responses. */
import { type ClientResponse, hc } from 'hono/client';
import type { SuccessStatusCode } from 'hono/utils/http-status';
import type { Api } from '../../../api/contract/api.ts';
import { readProblem } from './problem.ts';

/** The client for public routes, which need no session. */
export const publicApi = hc<Api>(location.origin).api;

type Succeeded<R> =
  R extends ClientResponse<infer T, infer Status, 'json'> ? (Status extends SuccessStatusCode ? T : never) : never;

/**
 * Returns the body of a successful response.
 *
 * @throws ApiError if the API refused the request
 * @throws TypeError if the API cannot be reached
 */
export async function readAnswer<R extends ClientResponse<unknown, number, 'json'>>(
  pending: Promise<R>,
): Promise<Succeeded<R>> {
  const response = await pending;
  if (!response.ok) throw await readProblem(response as unknown as Response);
  return (await response.json()) as Succeeded<R>;
}
