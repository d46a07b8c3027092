/** Who asks, as API Gateway says it after its JWT authorizer has verified the token. */
import type { Context } from 'hono';
import * as z from 'zod';
import { type Identity, readIdentity } from '../identity.ts';

const verified = z.object({
  event: z.object({
    requestContext: z.object({
      authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) }),
    }),
  }),
});

/**
 * Reads nothing of the request itself: without what the gateway says, nobody is signed in, whatever headers claim.
 */
export async function identifyByGateway(context: Context): Promise<Identity | undefined> {
  const parsed = verified.safeParse(context.env);
  return parsed.success ? readIdentity(parsed.data.event.requestContext.authorizer.jwt.claims) : undefined;
}
