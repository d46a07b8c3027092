/** The filters of the history. The page's address contains the filters, so that a link or a reload restores them. */
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

/** Parses the filters and ignores unknown values, so that a mistyped link still opens the page. */
export function parseHistoryFilters({ feed, state }: Record<string, unknown>): HistoryFilters {
  const knownFeed = feeds.find((name) => name === feed);
  const knownState = uploadStates.find((name) => name === state);
  return { ...(knownFeed ? { feed: knownFeed } : {}), ...(knownState ? { state: knownState } : {}) };
}
