/** Sign-in with one click on the local server. */
import { uploadProgress as progress } from '@centflow/schema/views';
import { asc, ne, sql } from 'drizzle-orm';
import { type Handlers, requesterOf } from '../context.ts';
import type { Database } from '../database.ts';
import { isOwnerName, readIdentity } from '../identity.ts';
import { PROBE_OWNER } from '../probe-owner.ts';
import { refusePart } from '../refusal.ts';
import type { Tokens } from './tokens.ts';

/** The owner that the sign-in page offers to a person without uploads. */
const NEWCOMER = 'me';

export function signInHandlers(
  database: Database,
  tokens: Tokens,
): Pick<Handlers, 'listLocalOwners' | 'signInLocally'> {
  return {
    async listLocalOwners(context) {
      const found = await database.query(requesterOf(context), (views) =>
        views
          .select({ owner: progress.owner, uploads: sql<number>`count(*)`.mapWith(Number) })
          .from(progress)
          .where(ne(progress.owner, PROBE_OWNER))
          .groupBy(progress.owner)
          .orderBy(asc(progress.owner)),
      );
      const newcomer = found.some(({ owner }) => owner === NEWCOMER) ? [] : [{ owner: NEWCOMER, uploads: 0 }];
      return context.json({ owners: [...newcomer, ...found] }, 200);
    },

    async signInLocally(context) {
      const { owner, operator = false } = context.req.valid('json');
      if (!isOwnerName(owner)) {
        throw refusePart(
          'invalid-owner',
          '/json/owner',
          'This owner’s name is not valid. Use up to 64 characters and no slashes.',
        );
      }
      const issued = await tokens.issue({ owner, operator });
      context.set('identity', readIdentity(await tokens.verify(issued.token)));
      return context.json(issued, 200);
    },
  };
}
