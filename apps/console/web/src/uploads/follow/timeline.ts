/** Builds the steps of an upload, with the duration of each step in seconds. */
import type { Upload } from '../../../../api/contract/uploads.ts';

export interface TimelineStep {
  readonly name: 'sent' | 'received' | 'loading' | 'published' | 'rejected' | 'failed';
  /** When the step happened, as ISO 8601; null if the step has not happened yet. */
  readonly at: string | null;
  /** The seconds since the previous step. */
  readonly seconds: number | null;
}

/** Returns the steps of an upload, including future ones. */
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

/** Returns the steps of a file that the job has not started to process. */
export function buildPendingTimeline(sentAt: string): TimelineStep[] {
  return (['sent', 'received', 'loading', 'published'] as const).map((name) => ({
    name,
    at: name === 'sent' ? sentAt : null,
    seconds: null,
  }));
}

/** Returns zero instead of a negative duration. The clocks of S3 and the job differ, and S3 returns whole seconds. */
function countSecondsBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
}
