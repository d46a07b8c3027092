/** Follows a version that was sent until the job is done with it. */
import type { Upload } from '../../../../api/contract/uploads.ts';
import { isBusy } from '../../api/problem.ts';
import { pause } from '../../shared/pause.ts';

/** How far it is. `received`: S3 has it, and the job has not come to it yet. */
export type Stage = 'received' | Upload['state'];

export interface Progress {
  readonly stage: Stage;
  readonly upload?: Upload | undefined;
}

/** The stages after which nothing more happens by itself. */
export function isSettled(stage: Stage): boolean {
  return stage !== 'received' && stage !== 'loading' && stage !== 'failed';
}

/** Milliseconds until looking again: at first each second, since a small file takes no longer; later ever less often. */
export function getPollInterval(elapsed: number): number {
  if (elapsed < 30_000) return 1_000;
  if (elapsed < 300_000) return 3_000;
  return 15_000;
}

export interface Following {
  readonly getProgress: (signal: AbortSignal) => Promise<Progress>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** There is no connection: it is looked again later. False when it is back. */
  readonly onOffline: (offline: boolean) => void;
  /** When to stop looking. */
  readonly settled?: (progress: Progress) => boolean;
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly now?: () => number;
}

/**
 * Looks until it is settled.
 *
 * A `failed` one is followed on: the sweep takes it up again. A lost connection or a busy service ends nothing either.
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
