/** Follows a sent version until the job has processed the version. */
import type { Upload } from '../../../../api/contract/uploads.ts';
import { isBusy } from '../../api/problem.ts';
import { pause } from '../../shared/pause.ts';

/** The stage of a version. `received` means that the version is in S3 but the job has not started. */
export type Stage = 'received' | Upload['state'];

export interface Progress {
  readonly stage: Stage;
  readonly upload?: Upload | undefined;
}

/** Returns whether a version stays in this stage until a person acts. */
export function isSettled(stage: Stage): boolean {
  return stage !== 'received' && stage !== 'loading' && stage !== 'failed';
}

/** Returns the milliseconds until the next poll. Small files take seconds, so polling starts fast and slows down. */
export function getPollInterval(elapsed: number): number {
  if (elapsed < 30_000) return 1_000;
  if (elapsed < 300_000) return 3_000;
  return 15_000;
}

export interface Following {
  readonly getProgress: (signal: AbortSignal) => Promise<Progress>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Called with true when the connection is lost, and with false when the connection is back. */
  readonly onOffline: (offline: boolean) => void;
  /** Returns whether to stop polling. */
  readonly settled?: (progress: Progress) => boolean;
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly now?: () => number;
}

/**
 * Polls until the version is settled.
 *
 * Polling continues for a `failed` version, because the sweep retries the version. Polling also continues after a lost
 * connection or while the service is busy.
 */
export async function follow(following: Following): Promise<Progress> {
  const { getProgress, signal, onProgress, onOffline, settled = ({ stage }) => isSettled(stage) } = following;
  const { wait = pause, now = () => performance.now() } = following;
  const from = now();
  for (;;) {
    try {
      const progress = await getProgress(signal);
      onOffline(false);
      onProgress(progress);
      if (settled(progress)) return progress;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TypeError) && !isBusy(error)) throw error;
      onOffline(error instanceof TypeError);
    }
    await wait(getPollInterval(now() - from), signal);
  }
}
