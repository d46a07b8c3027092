import { api, readAnswer } from '../../api/client.ts';
import type { Progress } from './follow.ts';

/** How far a version is by now. */
export async function fetchProgress(objectKey: string, versionId: string, signal: AbortSignal): Promise<Progress> {
  return readAnswer(api.uploads['of-version'].$get({ query: { objectKey, versionId } }, { init: { signal } }));
}
