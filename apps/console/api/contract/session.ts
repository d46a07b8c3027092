/** The person who is signed in, and how people sign in. */
import { createRoute, z } from '@hono/zod-openapi';
import { answer, body, problems, problemsOfChange, signedIn } from './problem.ts';
import { count, moment, text } from './words.ts';

export const ownerName = text.min(1).max(64);

export const signIn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local') }),
  z.object({ kind: z.literal('oidc'), authority: z.url(), clientId: z.string() }),
]);
export type SignIn = z.infer<typeof signIn>;

export const getConfig = createRoute({
  method: 'get',
  path: '/api/config',
  request: { query: z.strictObject({}) },
  responses: {
    200: answer(
      'How to sign in',
      z
        .object({
          environment: z.string().openapi({ description: 'The name of the environment; `local` on the local server' }),
          signIn,
        })
        .openapi('Config'),
    ),
    ...problems(),
  },
});

export const getSession = createRoute({
  method: 'get',
  path: '/api/session',
  security: signedIn,
  request: { query: z.strictObject({}) },
  responses: {
    200: answer(
      'The person who is signed in',
      z
        .object({
          /** The owner whose money is shown; null for an operator without an owner. */
          owner: ownerName.nullable(),
          name: z.string(),
          operator: z.boolean(),
          expiresAt: moment,
          limits: z.object({ objectBytes: count }),
        })
        .openapi('Session'),
    ),
    ...problems(),
  },
});

export const listLocalOwners = createRoute({
  method: 'get',
  path: '/api/local/owners',
  description: 'Lists the owners for sign-in with one click. Exists only on the local server.',
  request: { query: z.strictObject({}) },
  responses: {
    200: answer('The owners', z.object({ owners: z.array(z.object({ owner: ownerName, uploads: count })) })),
    ...problems(404),
  },
});

export const signInLocally = createRoute({
  method: 'post',
  path: '/api/local/sign-in',
  description: 'Signs in as an owner with one click. Exists only on the local server.',
  request: { body: body(z.strictObject({ owner: ownerName, operator: z.boolean().optional() })) },
  responses: {
    200: answer('A token', z.object({ token: z.string(), expiresAt: moment })),
    ...problemsOfChange(404),
  },
});
