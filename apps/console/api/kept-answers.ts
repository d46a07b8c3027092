/** Answers that hold until something of the owner's changes, such as what there is to filter by. */
import { uploadProgress as progress } from '@centflow/schema/views';
import { eq, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import type { Asker } from './turns.ts';

/** Some megabytes at most: an answer is a list of names. */
const OWNERS_AT_MOST = 1000;

export interface KeptAnswers<Answer> {
  /**
   * The owner's answer, as of now.
   *
   * @param asker reads it if nobody has; it is then read to the end, since others may wait for it as well
   */
  of(owner: string, asker: Asker): Promise<Answer>;
}

interface Kept<Answer> {
  readonly stamp: string;
  readonly answer: Promise<Answer>;
}

/**
 * Keeps what is read for each owner, as long as the owner's stamp is the same; those asked for longest ago are forgotten first.
 *
 * @param stampOf changes with everything that the answer depends on; asked each time, before the answer is read, so that an answer is never older than its stamp
 */
export function keepAnswers<Answer>(
  stampOf: (owner: string, asker: Asker) => Promise<string>,
  read: (owner: string, asker: Asker) => Promise<Answer>,
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
    async of(owner, asker) {
      const stamp = await stampOf(owner, asker);
      const found = kept.get(owner);
      if (found?.stamp === stamp) {
        keep(owner, found);
        return found.answer;
      }
      const fresh = { stamp, answer: read(owner, { person: asker.person }) };
      keep(owner, fresh);
      try {
        return await fresh.answer;
      } catch (error) {
        // A query that was given up is no answer to give again.
        if (kept.get(owner) === fresh) kept.delete(owner);
        throw error;
      }
    },
  };
}

/**
 * Changes whenever an upload of the owner's comes, is published or goes.
 *
 * Of every upload, not the newest alone: two that end at once may be seen in another order than that of their times.
 */
export async function stampOfUploads(database: Database, owner: string, asker: Asker): Promise<string> {
  const [found] = await database.ask(asker, (views) =>
    views
      .select({
        stamp: sql<string>`concat_ws(' ', count(*), max(${progress.updated_at}), bit_xor(crc32(concat_ws(' ', ${progress.upload_id}, ${progress.state}, ${progress.updated_at}))))`,
      })
      .from(progress)
      .where(eq(progress.owner, owner)),
  );
  return found?.stamp ?? '';
}
