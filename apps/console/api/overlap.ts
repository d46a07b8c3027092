/** Finds the rows of a new file that other uploads already contain. */
import type { FeedName } from '@centflow/schema/feeds';
import { uploadProgress as progress, rowIdentities } from '@centflow/schema/views';
import { and, eq, gte, inArray, lte, ne, type SQL, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import { type Handlers, ownerOf, requesterOf } from './context.ts';
import { FINGERPRINT_BYTES, FINGERPRINTS_AT_MOST } from './contract/preview.ts';
import type { Database } from './database.ts';
import { ownKey } from './object-key.ts';
import { refusePart } from './refusal.ts';

export function overlapHandlers(database: Database): Pick<Handlers, 'findOverlap'> {
  return {
    async findOverlap(context) {
      const owner = ownerOf(context);
      const { fingerprints: encoded, objectKey, ...question } = context.req.valid('json');
      if (objectKey !== undefined) ownKey(owner, objectKey);
      if (question.firstDate > question.lastDate)
        throw refusePart(
          'invalid-request',
          '/json/lastDate',
          'The last date is before the first date. Swap the two dates.',
        );
      const fingerprints = decode(encoded);
      const held = await database.query(requesterOf(context), (views) =>
        countHeld(views, { owner, objectKey, fingerprints, ...question }),
      );
      return context.json({ held }, 200);
    },
  };
}

/** Returns a map from each fingerprint, in hexadecimal digits, to its index. */
function decode(encoded: string): ReadonlyMap<string, number> {
  const bytes = Buffer.from(encoded, 'base64');
  const count = bytes.length / FINGERPRINT_BYTES;
  if (!Number.isInteger(count) || bytes.toString('base64') !== encoded) {
    throw refusePart(
      'invalid-request',
      '/json/fingerprints',
      `The fingerprints are not valid. Concatenate fingerprints of ${FINGERPRINT_BYTES} bytes each and encode them as base64.`,
    );
  }
  if (count > FINGERPRINTS_AT_MOST) {
    throw refusePart(
      'invalid-request',
      '/json/fingerprints',
      `A request can contain at most ${FINGERPRINTS_AT_MOST} fingerprints. Send several requests.`,
    );
  }
  const found = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    found.set(bytes.toString('hex', index * FINGERPRINT_BYTES, (index + 1) * FINGERPRINT_BYTES), index);
  }
  if (found.size < count)
    throw refusePart(
      'invalid-request',
      '/json/fingerprints',
      'A fingerprint appears twice. Send each fingerprint once.',
    );
  return found;
}

interface Question {
  readonly owner: string;
  readonly feed: FeedName;
  readonly objectKey: string | undefined;
  readonly fingerprints: ReadonlyMap<string, number>;
  readonly firstDate: string;
  readonly lastDate: string;
  readonly hasTransactionIds: boolean;
}

async function countHeld(views: MySql2Database, question: Question): Promise<[number, number][]> {
  if (question.fingerprints.size === 0) return [];
  const others = await candidates(views, question);
  if (others.length === 0) return [];
  // Inlining is safe, because the text contains only hexadecimal digits. Binding this many parameters would take longer
  // than the query.
  const digests = sql.raw([...question.fingerprints.keys()].map((digits) => `x'${digits}'`).join(','));
  const counted = views
    .select({
      fingerprint: sql<string>`lower(hex(${rowIdentities.fingerprint}))`.as('digits'),
      occurrences: sql<number>`count(*)`.as('occurrences'),
    })
    .from(rowIdentities)
    .where(
      and(
        eq(rowIdentities.owner, question.owner),
        eq(rowIdentities.feed, question.feed),
        inArray(rowIdentities.upload_id, others),
        sameDays(question),
        sql`${rowIdentities.fingerprint} in (${digests})`,
      ),
    )
    .groupBy(rowIdentities.upload_id, rowIdentities.fingerprint)
    .as('counted');
  const found = await views
    .select({ digits: counted.fingerprint, occurrences: sql<number>`max(${counted.occurrences})`.mapWith(Number) })
    .from(counted)
    .groupBy(counted.fingerprint);
  return found
    .map(({ digits, occurrences }): [number, number] => [question.fingerprints.get(digits) ?? -1, occurrences])
    .sort(([a], [b]) => a - b);
}

/** Returns the published uploads that can share rows, by the same rule as the job (glue/centflow_glue/publish/publication.py). */
async function candidates(views: MySql2Database, question: Question): Promise<number[]> {
  const overlapsPeriod = and(lte(progress.first_date, question.lastDate), gte(progress.last_date, question.firstDate));
  const found = await views
    .select({ uploadId: progress.upload_id })
    .from(progress)
    .where(
      and(
        eq(progress.owner, question.owner),
        eq(progress.feed, question.feed),
        eq(progress.state, 'published'),
        question.objectKey === undefined ? undefined : ne(progress.object_key, question.objectKey),
        // A transaction id identifies a row regardless of the row's date.
        question.hasTransactionIds ? undefined : overlapsPeriod,
      ),
    );
  return found.map(({ uploadId }) => uploadId);
}

function sameDays({ hasTransactionIds, firstDate, lastDate }: Question): SQL | undefined {
  if (hasTransactionIds) return undefined;
  return and(gte(rowIdentities.row_date, firstDate), lte(rowIdentities.row_date, lastDate));
}
