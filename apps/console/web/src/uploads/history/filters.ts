/** What of the history is shown; kept in the address, so that it can be linked and survives a reload. */
import type { UploadState } from '../../../../api/contract/uploads.ts';
import { type Feed, feeds } from '../shared/feeds.ts';

export interface HistoryFilters {
  readonly feed?: Feed;
  readonly state?: UploadState;
}

export const uploadStates: readonly UploadState[] = [
  'loading',
  'published',
  'superseded',
  'retired',
  'rejected',
  'failed',
];

/** Anything else in the address is left out: a link that somebody mistyped still opens the page. */
export function parseHistoryFilters({ feed, state }: Record<string, unknown>): HistoryFilters {
  const knownFeed = feeds.find((name) => name === feed);
  const knownState = uploadStates.find((name) => name === state);
  return { ...(knownFeed ? { feed: knownFeed } : {}), ...(knownState ? { state: knownState } : {}) };
}
