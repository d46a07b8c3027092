/** The way of an upload as steps with the seconds that each took. */
import type { Upload } from '../../../../api/contract/uploads.ts';

export interface TimelineStep {
  readonly name: 'sent' | 'received' | 'loading' | 'published' | 'rejected' | 'failed';
  /** ISO 8601; null where it has not come to it. */
  readonly at: string | null;
  /** Seconds since the step before. */
  readonly seconds: number | null;
}

/** The steps of an upload, those to come included. */
export function buildTimeline(
  upload: Pick<
    Upload,
    'lastModified' | 'receivedAt' | 'loadingAt' | 'loadedAt' | 'publishedAt' | 'updatedAt' | 'state'
  >,
): TimelineStep[] {
  const { lastModified, receivedAt, loadingAt, loadedAt, publishedAt, state } = upload;
  const end = (): [TimelineStep['name'], string | null] => {
    if (state === 'rejected' || state === 'failed') return [state, upload.updatedAt];
    return ['published', publishedAt];
  };
  const times: [TimelineStep['name'], string | null][] = [
    ['sent', lastModified],
    ['received', receivedAt],
    ['loading', loadingAt ?? loadedAt],
    end(),
  ];
  let before: string | null = null;
  return times.map(([name, at]) => {
    const seconds = before === null || at === null ? null : countSecondsBetween(before, at);
    before = at ?? before;
    return { name, at, seconds };
  });
}

/** The steps of what was sent a moment ago and the job has not come to. */
export function buildPendingTimeline(sentAt: string): TimelineStep[] {
  return (['sent', 'received', 'loading', 'published'] as const).map((name) => ({
    name,
    at: name === 'sent' ? sentAt : null,
    seconds: null,
  }));
}

/** Never below zero: S3's clock and the job's differ by a little, and S3 tells whole seconds. */
function countSecondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
