import type { ObjectVersion } from '../../../../api/contract/objects.ts';
import { api, readAnswer } from '../../api/client.ts';
import { ApiError } from '../../api/problem.ts';

/** Returns the newest version of a key, or null if the key has no version or was undone. */
export async function fetchNewestVersion(objectKey: string): Promise<ObjectVersion | null> {
  try {
    const { versions } = await readAnswer(api.objects.versions.$get({ query: { objectKey } }));
    const [newest] = versions;
    return newest === undefined || newest.isDeleteMarker ? null : newest;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Returns a short-lived URL for downloading a version. */
export async function fetchContentUrl(objectKey: string, versionId: string): Promise<string> {
  const { url } = await readAnswer(api.objects.content.$get({ query: { objectKey, versionId } }));
  return url;
}
