/** Which rows of a preview other published uploads hold already. */
import { duplicatesOf, type Preview } from '@centflow/preview';
import { answerOf, api } from '../../api/client.ts';
import type { Feed } from '../shared/feeds.ts';
import { base64 } from './base64.ts';
import type { Overlap, Taken } from './card.ts';

/** So many are asked about at once: the API takes no more. */
const askedAtOnce = 100_000;
const fingerprintBytes = 16;

/** @param replaced its rows give way, so they are no duplicates */
export async function overlapOf(preview: Preview, feed: Feed, replaced: Taken | null): Promise<Overlap> {
  const { fingerprints, firstDate, lastDate, hasTransactionIds } = preview;
  const held: [number, number][] = [];
  const count = fingerprints.bytes.length / fingerprintBytes;
  if (firstDate !== null && lastDate !== null) {
    for (let from = 0; from < count; from += askedAtOnce) {
      const bytes = fingerprints.bytes.subarray(from * fingerprintBytes, (from + askedAtOnce) * fingerprintBytes);
      const answer = await answerOf(
        api.preview.overlap.$post({
          json: {
            feed,
            ...(replaced === null ? {} : { objectKey: replaced.objectKey }),
            fingerprints: base64(bytes),
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
