/** Reads the identity from the claims that API Gateway's JWT authorizer has verified. */
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

/** Reads the claims only from the gateway's context, so that a request cannot forge them in its headers. */
export async function identifyByGateway(context: Context): Promise<Identity | undefined> {
  const parsed = verified.safeParse(context.env);
  return parsed.success ? readIdentity(parsed.data.event.requestContext.authorizer.jwt.claims) : undefined;
}
