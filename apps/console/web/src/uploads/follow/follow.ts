/** Follows a sent version until the job is done with it. */
import type { Upload } from '../../../../api/contract/uploads.ts';
import { isBusy } from '../../api/problem.ts';
import { pause } from '../../shared/pause.ts';

/** The stage of a version. `received` means that S3 has it and the job has not started. */
export type Stage = 'received' | Upload['state'];

export interface Progress {
  readonly stage: Stage;
  readonly upload?: Upload | undefined;
}

/** Returns whether nothing more happens automatically after this stage. */
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
  /** Called with true when the connection is lost, and with false when it is back. */
  readonly onOffline: (offline: boolean) => void;
  /** Returns whether to stop. */
  readonly settled?: (progress: Progress) => boolean;
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly now?: () => number;
}

/**
 * Polls until the version is settled.
 *
 * A `failed` version is still followed, because the sweep retries it. A lost connection or a busy service does not end
 * it either.
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
