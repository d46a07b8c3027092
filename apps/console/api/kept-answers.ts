/**
 * A cache of one answer per owner, such as the values of filters. An answer is valid until the owner's uploads change.
 */
import { uploadProgress as progress } from '@centflow/schema/views';
import { eq, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import type { Requester } from './turns.ts';

/** The maximum number of cached owners. An answer is a list of names, so the cache takes a few megabytes in total. */
const OWNERS_AT_MOST = 1000;

export interface KeptAnswers<Answer> {
  /**
   * Returns the current answer for an owner.
   *
   * @param requester the person in whose turn the answer is read (turns.ts). A started read always finishes, because
   * other people may wait for the same answer
   */
  of(owner: string, requester: Requester): Promise<Answer>;
}

interface Kept<Answer> {
  readonly stamp: string;
  readonly answer: Promise<Answer>;
}

/**
 * Caches an answer per owner while the owner's stamp stays the same. The least recently used answers are evicted first.
 *
 * @param stampOf returns the stamp: a value that changes whenever the answer may change. Called before `read`, so that
 * no answer is older than its stamp
 */
export function keepAnswers<Answer>(
  stampOf: (owner: string, requester: Requester) => Promise<string>,
  read: (owner: string, requester: Requester) => Promise<Answer>,
  ownersAtMost = OWNERS_AT_MOST,
): KeptAnswers<Answer> {
  const kept = new Map<string, Kept<Answer>>();

  const keep = (owner: string, found: Kept<Answer>) => {
    kept.delete(owner);
    kept.set(owner, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= ownersAtMost) break;
      kept.delete(oldest);
    }
  };

  return {
    async of(owner, requester) {
      const stamp = await stampOf(owner, requester);
      const found = kept.get(owner);
      if (found?.stamp === stamp) {
        keep(owner, found);
        return found.answer;
      }
      const fresh = { stamp, answer: read(owner, { person: requester.person }) };
      keep(owner, fresh);
      try {
        return await fresh.answer;
      } catch (error) {
        // A failed read must not stay in the cache.
        if (kept.get(owner) === fresh) kept.delete(owner);
        throw error;
      }
    },
  };
}

/**
 * Returns a value that changes whenever an upload of the owner arrives, is published or is removed.
 *
 * The value covers every upload. The newest upload is not enough, because two uploads that end together may become
 * visible in either order.
 */
export async function stampOfUploads(database: Database, owner: string, requester: Requester): Promise<string> {
  const [found] = await database.query(requester, (views) =>
    views
      .select({
        stamp: sql<string>`concat_ws(' ', count(*), max(${progress.updated_at}), bit_xor(crc32(concat_ws(' ', ${progress.upload_id}, ${progress.state}, ${progress.updated_at}))))`,
      })
      .from(progress)
      .where(eq(progress.owner, owner)),
  );
  return found?.stamp ?? '';
}
