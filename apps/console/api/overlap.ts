/** Which rows of a file that is about to be sent other uploads hold already. */
import type { FeedName } from '@centflow/schema/feeds';
import { uploadProgress as progress, rowIdentities } from '@centflow/schema/views';
import { and, eq, gte, inArray, lte, ne, type SQL, sql } from 'drizzle-orm';
import type { MySql2Database } from 'drizzle-orm/mysql2';
import { askerOf, type Handlers, ownerOf } from './context.ts';
import { FINGERPRINT_BYTES, FINGERPRINTS_AT_MOST } from './contract/preview.ts';
import type { Database } from './database.ts';
import { ownKey } from './object-key.ts';
import { Refusal } from './refusal.ts';

export function overlapHandlers(database: Database): Pick<Handlers, 'findOverlap'> {
  return {
    async findOverlap(context) {
      const owner = ownerOf(context);
      const { fingerprints: encoded, objectKey, ...asked } = context.req.valid('json');
      if (objectKey !== undefined) ownKey(owner, objectKey);
      if (asked.firstDate > asked.lastDate) throw refused('/json/lastDate', 'The last day is before the first.');
      const fingerprints = decode(encoded);
      const held = await database.ask(askerOf(context), (views) =>
        heldBy(views, { owner, objectKey, fingerprints, ...asked }),
      );
      return context.json({ held }, 200);
    },
  };
}

/** @returns the index of each distinct fingerprint, in hexadecimal digits */
function decode(encoded: string): ReadonlyMap<string, number> {
  const bytes = Buffer.from(encoded, 'base64');
  const count = bytes.length / FINGERPRINT_BYTES;
  if (!Number.isInteger(count) || bytes.toString('base64') !== encoded) {
    throw refused('/json/fingerprints', `Not base64 of whole fingerprints of ${FINGERPRINT_BYTES} bytes.`);
  }
  if (count > FINGERPRINTS_AT_MOST) {
    throw refused('/json/fingerprints', `At most ${FINGERPRINTS_AT_MOST} at once: ask in several requests.`);
  }
  const found = new Map<string, number>();
  for (let index = 0; index < count; index += 1) {
    found.set(bytes.toString('hex', index * FINGERPRINT_BYTES, (index + 1) * FINGERPRINT_BYTES), index);
  }
  if (found.size < count) throw refused('/json/fingerprints', 'A fingerprint is there twice: name each once.');
  return found;
}

function refused(pointer: string, message: string): Refusal {
  return new Refusal(400, message, [{ pointer, message }]);
}

interface Asked {
  readonly owner: string;
  readonly feed: FeedName;
  readonly objectKey: string | undefined;
  readonly fingerprints: ReadonlyMap<string, number>;
  readonly firstDate: string;
  readonly lastDate: string;
  readonly hasTransactionIds: boolean;
}

async function heldBy(views: MySql2Database, asked: Asked): Promise<[number, number][]> {
  if (asked.fingerprints.size === 0) return [];
  const others = await candidates(views, asked);
  if (others.length === 0) return [];
  // Hexadecimal digits and nothing else: that many parameters would take the driver longer than the query.
  const digests = sql.raw([...asked.fingerprints.keys()].map((digits) => `x'${digits}'`).join(','));
  const counted = views
    .select({
      fingerprint: sql<string>`lower(hex(${rowIdentities.fingerprint}))`.as('digits'),
      occurrences: sql<number>`count(*)`.as('occurrences'),
    })
    .from(rowIdentities)
    .where(
      and(
        eq(rowIdentities.owner, asked.owner),
        eq(rowIdentities.feed, asked.feed),
        inArray(rowIdentities.upload_id, others),
        sameDays(asked),
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
    .map(({ digits, occurrences }): [number, number] => [asked.fingerprints.get(digits) ?? -1, occurrences])
    .sort(([a], [b]) => a - b);
}

/** Published uploads that can share rows, as the job looks for them (glue/centflow_glue/publish/publication.py). */
async function candidates(views: MySql2Database, asked: Asked): Promise<number[]> {
  const meets = and(lte(progress.first_date, asked.lastDate), gte(progress.last_date, asked.firstDate));
  const found = await views
    .select({ uploadId: progress.upload_id })
    .from(progress)
    .where(
      and(
        eq(progress.owner, asked.owner),
        eq(progress.feed, asked.feed),
        eq(progress.state, 'published'),
        asked.objectKey === undefined ? undefined : ne(progress.object_key, asked.objectKey),
        // A transaction id names a row on whatever day it stands.
        asked.hasTransactionIds ? undefined : meets,
      ),
    );
  return found.map(({ uploadId }) => uploadId);
}

function sameDays({ hasTransactionIds, firstDate, lastDate }: Asked): SQL | undefined {
  if (hasTransactionIds) return undefined;
  return and(gte(rowIdentities.row_date, firstDate), lte(rowIdentities.row_date, lastDate));
}
