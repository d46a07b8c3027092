/** Calls a route by its name and checks the response against the contract. */
import type { z } from '@hono/zod-openapi';
import { expect } from 'vitest';
import { type RouteName, routes } from '../contract/api.ts';
import { addressOf, type RouteCall, requestOf } from '../contract/request.ts';
import type { World } from './world.ts';

export type Ask = RouteCall;

/** A response whose body matches the contract. */
export interface Answer {
  readonly status: number;
  // Untyped, because the contract's schema has already checked every member that tests read.
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

/** Expects a status that the contract lists, and a body with exactly the members of the status's schema. */
export function expectByContract(name: RouteName, response: Pick<Response, 'status' | 'headers'>, body: unknown): void {
  const answers: Record<number, { content: Record<string, { schema: z.ZodType }> }> = routes[name].responses;
  const declared = answers[response.status];
  expect(declared, `${name} answered ${response.status}: ${JSON.stringify(body)}`).toBeDefined();
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const schema = declared?.content[type]?.schema;
  expect(schema, `${name} answered ${response.status} as ${type}`).toBeDefined();
  const parsed = schema?.safeParse(body);
  expect(parsed?.error?.issues ?? [], `${name}: ${JSON.stringify(body)}`).toEqual([]);
  expect(parsed?.data, `${name} returned more than its contract`).toEqual(body);
  expect(response.headers.get('cache-control')).toBe('no-store');
}
