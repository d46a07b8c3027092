/** One click signs in, on one machine. */
import { uploadProgress as progress } from '@centflow/schema/views';
import { asc, ne, sql } from 'drizzle-orm';
import { askerOf, type Handlers } from '../context.ts';
import type { Database } from '../database.ts';
import { isOwnerName, readIdentity } from '../identity.ts';
import { PROBE_OWNER } from '../probe-owner.ts';
import { Refusal } from '../refusal.ts';
import type { Tokens } from './tokens.ts';

/** Who has no upload yet: the person who tries it. */
const NEWCOMER = 'me';

export function signInHandlers(
  database: Database,
  tokens: Tokens,
): Pick<Handlers, 'listLocalOwners' | 'signInLocally'> {
  return {
    async listLocalOwners(context) {
      const found = await database.ask(askerOf(context), (views) =>
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
        const message = 'An owner’s name is the name of a folder: up to 64 characters, without slashes.';
        throw new Refusal(400, message, [{ pointer: '/json/owner', message }]);
      }
      const issued = await tokens.issue({ owner, operator });
      context.set('identity', readIdentity(await tokens.verify(issued.token)));
      return context.json(issued, 200);
    },
  };
}
