import { api, readAnswer } from '../../api/client.ts';
import type { Progress } from './follow.ts';

/** Fetches the progress of a version. */
export async function fetchProgress(objectKey: string, versionId: string, signal: AbortSignal): Promise<Progress> {
  return readAnswer(api.uploads['of-version'].$get({ query: { objectKey, versionId } }, { init: { signal } }));
}
