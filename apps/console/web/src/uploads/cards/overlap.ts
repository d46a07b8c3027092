/** Finds the rows of a preview that other published uploads already contain. */
import { duplicatesOf, type Preview } from '@centflow/preview';
import { api, readAnswer } from '../../api/client.ts';
import type { Feed } from '../shared/feeds.ts';
import type { ExistingFile, Overlap } from './card.ts';
import { encodeBase64 } from './encode-base64.ts';

/** The maximum number of fingerprints that the API accepts in one request. */
const askedAtOnce = 100_000;
const fingerprintBytes = 16;

/** @param replaced the version to replace, whose rows do not count as duplicates */
export async function fetchOverlap(preview: Preview, feed: Feed, replaced: ExistingFile | null): Promise<Overlap> {
  const { fingerprints, firstDate, lastDate, hasTransactionIds } = preview;
  const held: [number, number][] = [];
  const count = fingerprints.bytes.length / fingerprintBytes;
  if (firstDate !== null && lastDate !== null) {
    for (let from = 0; from < count; from += askedAtOnce) {
      const bytes = fingerprints.bytes.subarray(from * fingerprintBytes, (from + askedAtOnce) * fingerprintBytes);
      const answer = await readAnswer(
        api.preview.overlap.$post({
          json: {
            feed,
            ...(replaced === null ? {} : { objectKey: replaced.objectKey }),
            fingerprints: encodeBase64(bytes),
            firstDate,
            lastDate,
            hasTransactionIds,
          },
        }),
      );
      for (const [index, occurrences] of answer.held) held.push([from + index, occurrences]);
    }
  }
  return duplicatesOf(preview, held);
}
