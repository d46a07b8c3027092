/** Signs addresses for sending files. Each address accepts only one object of a fixed size and type. */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type Part,
  PutObjectCommand,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Bucket, isConflict, newestOf, withMultipart } from './bucket.ts';
import { type Handlers, ownerOf } from './context.ts';
import { OBJECT_BYTES_AT_MOST, PART_BYTES } from './contract/sends.ts';
import { keyToSend, ownKey } from './object-key.ts';
import { RefusedError } from './refusal.ts';

/** How long a signed address is valid, in seconds. */
export const SIGNED_SECONDS = 15 * 60;

type SendHandlers = Pick<Handlers, 'startSend' | 'signParts' | 'listParts' | 'completeSend' | 'abortSend'>;

/** The condition that S3 checks on writing: nobody has changed the object since the client read it. */
type Condition = { readonly IfMatch: string } | { readonly IfNoneMatch: '*' };

export function sendHandlers(bucket: Bucket): SendHandlers {
  const { s3, name: Bucket } = bucket;
  return {
    async startSend(context) {
      const { feed, name, bytes, contentType, replaces } = context.req.valid('json');
      const objectKey = keyToSend(ownerOf(context), feed, name, contentType, replaces !== undefined);
      const condition = await conditionOf(bucket, objectKey, replaces?.versionId);
      const expiresAt = new Date(Date.now() + SIGNED_SECONDS * 1000).toISOString();
      const object = { Bucket, Key: objectKey, ContentType: contentType };
      if (bytes <= PART_BYTES) {
        const headers = { 'content-type': contentType, ...headersOf(condition) };
        const url = await sign(bucket, new PutObjectCommand({ ...object, ...condition, ContentLength: bytes }), [
          'content-length',
          ...Object.keys(headers),
        ]);
        return context.json({ kind: 'put' as const, objectKey, expiresAt, url, headers }, 200);
      }
      const { UploadId: multipartId = '' } = await s3.send(new CreateMultipartUploadCommand(object));
      const parts = Math.ceil(bytes / PART_BYTES);
      return context.json(
        { kind: 'multipart' as const, objectKey, expiresAt, multipartId, partBytes: PART_BYTES, parts },
        200,
      );
    },

    async signParts(context) {
      const { objectKey, multipartId, parts } = context.req.valid('json');
      ownKey(ownerOf(context), objectKey);
      const urls = await Promise.all(
        parts.map(async ({ partNumber, bytes }) => {
          const part = { Bucket, Key: objectKey, UploadId: multipartId, PartNumber: partNumber, ContentLength: bytes };
          return { partNumber, url: await sign(bucket, new UploadPartCommand(part), ['content-length']), headers: {} };
        }),
      );
      return context.json({ urls }, 200);
    },

    async listParts(context) {
      const { objectKey, multipartId } = context.req.valid('query');
      ownKey(ownerOf(context), objectKey);
      const parts = await partsOf(bucket, objectKey, multipartId);
      return context.json(
        {
          parts: parts.map(({ PartNumber = 0, ETag = '', Size = 0 }) => ({
            partNumber: PartNumber,
            etag: ETag,
            bytes: Size,
          })),
        },
        200,
      );
    },

    async completeSend(context) {
      const { objectKey, multipartId, parts, replaces } = context.req.valid('json');
      ownKey(ownerOf(context), objectKey);
      const held = await partsOf(bucket, objectKey, multipartId);
      const bytes = held.reduce((sum, { Size = 0 }) => sum + Size, 0);
      if (bytes > OBJECT_BYTES_AT_MOST) {
        throw new RefusedError(
          'too-large',
          `The file has more than ${OBJECT_BYTES_AT_MOST} bytes. Split it, for example by year.`,
        );
      }
      const condition = await conditionOf(bucket, objectKey, replaces?.versionId);
      const Parts = [...parts]
        .sort((a, b) => a.partNumber - b.partNumber)
        .map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
      try {
        const { VersionId: versionId = 'null' } = await s3.send(
          new CompleteMultipartUploadCommand({
            ...{ Bucket, Key: objectKey, UploadId: multipartId, MultipartUpload: { Parts } },
            ...condition,
          }),
        );
        return context.json({ versionId }, 200);
      } catch (error) {
        if (isConflict(error)) throw fileChangedError();
        if (error instanceof S3ServiceException && /^(InvalidPart|InvalidPartOrder|EntityTooSmall)$/.test(error.name)) {
          throw new RefusedError(
            'parts-differ',
            'Some parts of the file are missing or incomplete. List the stored parts and send the rest.',
          );
        }
        throw error;
      }
    },

    async abortSend(context) {
      const { objectKey, multipartId } = context.req.valid('query');
      ownKey(ownerOf(context), objectKey);
      await withMultipart(() =>
        s3.send(new AbortMultipartUploadCommand({ Bucket, Key: objectKey, UploadId: multipartId })),
      );
      return context.json({}, 200);
    },
  };
}

/** Signs the given headers too. Otherwise, anybody with the address could change the values of those headers. */
function sign(
  { s3 }: Bucket,
  command: PutObjectCommand | UploadPartCommand,
  headers: readonly string[],
): Promise<string> {
  return getSignedUrl(s3, command as PutObjectCommand, {
    expiresIn: SIGNED_SECONDS,
    signableHeaders: new Set(['host', ...headers]),
  });
}

async function partsOf({ s3, name }: Bucket, objectKey: string, multipartId: string): Promise<readonly Part[]> {
  return withMultipart(async () => {
    const found: Part[] = [];
    for (let marker: string | undefined; ; ) {
      const answer = await s3.send(
        new ListPartsCommand({
          ...{ Bucket: name, Key: objectKey, UploadId: multipartId },
          ...(marker === undefined ? {} : { PartNumberMarker: marker }),
        }),
      );
      found.push(...(answer.Parts ?? []));
      marker = answer.NextPartNumberMarker;
      if (answer.IsTruncated !== true || marker === undefined) return found;
    }
  });
}

/** @throws {RefusedError} 409 if the newest version is not the one to replace */
async function conditionOf(bucket: Bucket, objectKey: string, replaced: string | undefined): Promise<Condition> {
  const newest = await newestOf(bucket, objectKey);
  const isThere = newest !== undefined && !newest.isDeleteMarker;
  if (replaced === undefined) {
    if (!isThere) return { IfNoneMatch: '*' };
    const name = objectKey.slice(objectKey.lastIndexOf('/') + 1);
    throw new RefusedError(
      'file-exists',
      `You already have a file named “${name}”. Replace that file, or choose another name.`,
    );
  }
  if (!isThere || newest.versionId !== replaced) throw fileChangedError();
  return { IfMatch: newest.etag };
}

export function fileChangedError(): RefusedError {
  return new RefusedError(
    'file-changed',
    'The file was changed in the meantime. Check its newest version, then try again.',
  );
}

function headersOf(condition: Condition): Record<string, string> {
  return 'IfMatch' in condition ? { 'if-match': condition.IfMatch } : { 'if-none-match': condition.IfNoneMatch };
}
