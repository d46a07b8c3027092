/** Calls a route by its name, and holds every answer to the contract. */
import type { z } from '@hono/zod-openapi';
import { expect } from 'vitest';
import { type RouteName, routes } from '../contract/api.ts';
import { addressOf, type RouteCall, requestOf } from '../contract/request.ts';
import type { World } from './world.ts';

export type Ask = RouteCall;

/** What came back; the body is as the contract says, or the call has failed. */
export interface Answer {
  readonly status: number;
  // The tests read the members that they expect; the contract's schema has checked them all.
  readonly body: ReturnType<typeof JSON.parse>;
  readonly text: string;
  readonly headers: Headers;
}

export async function call(
  { url }: Pick<World, 'url'>,
  name: RouteName,
  token: string | undefined,
  ask: Ask = {},
): Promise<Answer> {
  const { headers, ...request } = requestOf(name, ask);
  const response = await fetch(`${url}${addressOf(name, ask)}`, {
    ...request,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });
  const text = await response.text();
  const body = JSON.parse(text);
  expectByContract(name, response, body);
  return { status: response.status, body, text, headers: response.headers };
}

/** The status is one that the contract names, and the body has all that its schema asks for and nothing else. */
export function expectByContract(name: RouteName, response: Pick<Response, 'status' | 'headers'>, body: unknown): void {
  const answers: Record<number, { content: Record<string, { schema: z.ZodType }> }> = routes[name].responses;
  const declared = answers[response.status];
  expect(declared, `${name} answered ${response.status}: ${JSON.stringify(body)}`).toBeDefined();
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const schema = declared?.content[type]?.schema;
  expect(schema, `${name} answered ${response.status} as ${type}`).toBeDefined();
  const parsed = schema?.safeParse(body);
  expect(parsed?.error?.issues ?? [], `${name}: ${JSON.stringify(body)}`).toEqual([]);
  expect(parsed?.data, `${name} says more than its contract`).toEqual(body);
  expect(response.headers.get('cache-control')).toBe('no-store');
}
