/** The parts of the local stack, for operators. */
import { PART_STATES } from '@centflow/local-processes/part-states';
import { createRoute, z } from '@hono/zod-openapi';
import { answer, problems, signedIn } from './problem.ts';
import { count, moment } from './words.ts';

export const localPart = z
  .object({
    name: z.string(),
    state: z.enum(PART_STATES),
    restarts: count.openapi({ description: 'How often the part was restarted' }),
    lastTrouble: z
      .object({ at: moment, reason: z.string() })
      .nullable()
      .openapi({ description: 'When and why the part was last restarted or stopped responding' }),
  })
  .openapi('LocalPart');
export type LocalPart = z.infer<typeof localPart>;

export const listLocalParts = createRoute({
  method: 'get',
  path: '/api/local/parts',
  description: 'Lists the processes of the local stack with their restarts. Exists only on the local server.',
  security: signedIn,
  request: { query: z.strictObject({}) },
  responses: { 200: answer('The parts', z.object({ parts: z.array(localPart) })), ...problems(404) },
});
