import { answerOf, api } from '../../api/client.ts';
import type { Progress } from './follow.ts';

/** How far a version is by now. */
export async function lookAtVersion(objectKey: string, versionId: string, signal: AbortSignal): Promise<Progress> {
  return answerOf(api.uploads['of-version'].$get({ query: { objectKey, versionId } }, { init: { signal } }));
}
