import type { ObjectVersion } from '../../../../api/contract/objects.ts';
import { answerOf, api } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';

/** The newest version of a key; null where there never was one, or it was undone. */
export async function newestVersion(objectKey: string): Promise<ObjectVersion | null> {
  try {
    const { versions } = await answerOf(api.objects.versions.$get({ query: { objectKey } }));
    const [newest] = versions;
    return newest === undefined || newest.isDeleteMarker ? null : newest;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/** Where the bytes of a version can be read for a short time. */
export async function contentUrl(objectKey: string, versionId: string): Promise<string> {
  const { url } = await answerOf(api.objects.content.$get({ query: { objectKey, versionId } }));
  return url;
}
