/** Lists the objects in the bucket. Undoes and redoes uploads through S3 versions. */
import { CopyObjectCommand, DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { FeedName } from '@centflow/schema/feeds';
import * as z from 'zod';
import { type Bucket, isConflict, listVersions, type Version, versionsOf } from './bucket.ts';
import { type Handlers, ownerOf, requesterOf } from './context.ts';
import type { ObjectSummary } from './contract/objects.ts';
import { feedNames, feed as feedWord, text } from './contract/words.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { noSuchFileError, noSuchVersionError, ownKey, prefixOf } from './object-key.ts';
import { RefusedError } from './refusal.ts';
import { fileChangedError, SIGNED_SECONDS } from './sends.ts';
import type { UploadsView } from './uploads.ts';

const OBJECTS_AT_ONCE = 500;

/** The last object of a page. The cursor contains no owner, because the owner always comes from the token. */
const position = z.strictObject({ feed: feedWord, name: text.min(1) });

type ObjectHandlers = Pick<Handlers, 'listObjects' | 'listVersions' | 'getContent' | 'removeObject' | 'restoreVersion'>;

export function objectHandlers(bucket: Bucket, uploads: Pick<UploadsView, 'ofObject'>): ObjectHandlers {
  const { s3, name: Bucket } = bucket;
  return {
    async listObjects(context) {
      const { feed, cursor } = context.req.valid('query');
      const after = cursor === undefined ? undefined : readCursor(cursor, position);
      const owner = ownerOf(context);
      const objects: ObjectSummary[] = [];
      for (const each of feedsFrom(feed, after?.feed)) {
        const last = after?.feed === each ? after.name : undefined;
        for await (const object of objectsOf(bucket, owner, each, last)) {
          const shown = objects.at(-1);
          if (objects.length === OBJECTS_AT_ONCE && shown !== undefined) {
            return context.json({ objects, next: writeCursor({ feed: shown.feed, name: shown.name }) }, 200);
          }
          objects.push(object);
        }
      }
      return context.json({ objects }, 200);
    },

    async listVersions(context) {
      const owner = ownerOf(context);
      const { objectKey } = ownKey(owner, context.req.valid('query').objectKey);
      const [{ versions, truncated }, known] = await Promise.all([
        versionsOf(bucket, objectKey),
        uploads.ofObject(requesterOf(context), owner, objectKey),
      ]);
      if (versions.length === 0) throw noSuchFileError();
      const shown = versions.map(({ versionId, isNewest, isDeleteMarker, bytes, lastModified }) => {
        const upload = known.get(versionId);
        return { versionId, isNewest, isDeleteMarker, bytes, lastModified: lastModified.toISOString(), ...upload };
      });
      return context.json({ versions: shown, truncated }, 200);
    },

    async getContent(context) {
      const { objectKey, versionId } = context.req.valid('query');
      ownKey(ownerOf(context), objectKey);
      const { name } = await findVersion(bucket, objectKey, versionId);
      const url = await getSignedUrl(
        s3,
        new GetObjectCommand({
          ...{ Bucket, Key: objectKey, VersionId: versionId },
          // With this header, browsers save the content as a file and never show it as a page.
          ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
          ResponseContentType: 'application/octet-stream',
        }),
        { expiresIn: SIGNED_SECONDS },
      );
      return context.json({ url, expiresAt: new Date(Date.now() + SIGNED_SECONDS * 1000).toISOString() }, 200);
    },

    async removeObject(context) {
      const { objectKey, newestVersionId } = context.req.valid('json');
      ownKey(ownerOf(context), objectKey);
      const newest = await requireNewest(bucket, objectKey, newestVersionId);
      if (newest.isDeleteMarker)
        throw new RefusedError(
          'already-removed',
          'This file is already removed, so this upload cannot be undone again. Reload the page.',
        );
      const { VersionId: versionId = 'null' } = await s3.send(new DeleteObjectCommand({ Bucket, Key: objectKey }));
      return context.json({ versionId }, 200);
    },

    async restoreVersion(context) {
      const { objectKey, versionId, newestVersionId } = context.req.valid('json');
      ownKey(ownerOf(context), objectKey);
      const newest = await requireNewest(bucket, objectKey, newestVersionId);
      await findVersion(bucket, objectKey, versionId);
      if (newest.versionId === versionId)
        throw new RefusedError(
          'already-newest',
          'This version is already the newest, so it cannot be restored. Reload the page.',
        );
      try {
        const copied = await s3.send(
          new CopyObjectCommand({
            ...{ Bucket, Key: objectKey },
            CopySource: `${Bucket}/${encodeURIComponent(objectKey)}?versionId=${encodeURIComponent(versionId)}`,
            // Does not copy tags: no object has tags, and copying tags would need more permissions.
            TaggingDirective: 'REPLACE',
            // Fails if somebody else has written the object in the meantime.
            ...(newest.isDeleteMarker ? { IfNoneMatch: '*' } : { IfMatch: newest.etag }),
          }),
        );
        return context.json({ versionId: copied.VersionId ?? 'null' }, 200);
      } catch (error) {
        if (isConflict(error)) throw fileChangedError();
        throw error;
      }
    },
  };
}

function feedsFrom(only: FeedName | undefined, first: FeedName | undefined): readonly FeedName[] {
  const asked = only === undefined ? feedNames : [only];
  return first === undefined ? asked : asked.slice(Math.max(0, asked.indexOf(first)));
}

/** Returns the owner's objects of a feed that follow the given name, including removed objects. */
async function* objectsOf(
  bucket: Bucket,
  owner: string,
  feed: FeedName,
  last: string | undefined,
): AsyncGenerator<ObjectSummary> {
  const prefix = prefixOf(owner, feed);
  let after: Parameters<typeof listVersions>[2] = last === undefined ? {} : { key: `${prefix}${last}` };
  for (;;) {
    const page = await listVersions(bucket, prefix, after);
    for (const version of page.versions) {
      const name = version.objectKey.slice(prefix.length);
      // A folder created in the S3 console is an empty object.
      if (!version.isNewest || name === '' || name.endsWith('/')) continue;
      yield { objectKey: version.objectKey, feed, name, deleted: version.isDeleteMarker, newest: summaryOf(version) };
    }
    if (!page.truncated || page.nextKey === undefined) return;
    after = { key: page.nextKey, versionId: page.nextVersionId };
  }
}

function summaryOf({ versionId, lastModified, bytes }: Version): ObjectSummary['newest'] {
  return { versionId, lastModified: lastModified.toISOString(), bytes };
}

async function findVersion(bucket: Bucket, objectKey: string, versionId: string): Promise<{ readonly name: string }> {
  const { versions } = await versionsOf(bucket, objectKey);
  const found = versions.find((version) => version.versionId === versionId && !version.isDeleteMarker);
  if (found === undefined) throw noSuchVersionError();
  return { name: objectKey.slice(objectKey.lastIndexOf('/') + 1) };
}

async function requireNewest(bucket: Bucket, objectKey: string, seen: string): Promise<Version> {
  const { versions } = await versionsOf(bucket, objectKey);
  const newest = versions.find(({ isNewest }) => isNewest);
  if (newest === undefined) throw noSuchFileError();
  if (newest.versionId !== seen) throw fileChangedError();
  return newest;
}
