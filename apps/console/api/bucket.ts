/** Reads the current versions in the uploads bucket. */
import {
  type DeleteMarkerEntry,
  ListObjectVersionsCommand,
  NoSuchUpload,
  type ObjectVersion,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { RefusedError } from './refusal.ts';

export interface Bucket {
  readonly s3: S3Client;
  readonly name: string;
}

/** A version or a delete marker. */
export interface Version {
  readonly objectKey: string;
  readonly versionId: string;
  readonly isNewest: boolean;
  readonly isDeleteMarker: boolean;
  readonly bytes: number;
  readonly etag: string;
  readonly lastModified: Date;
}

export interface VersionPage {
  readonly versions: readonly Version[];
  readonly truncated: boolean;
  /** The position at which the next page starts. */
  readonly nextKey: string | undefined;
  readonly nextVersionId: string | undefined;
}

/** Lists versions below a prefix, ordered by key and then from new to old. */
export async function listVersions(
  { s3, name }: Bucket,
  prefix: string,
  after: { readonly key?: string | undefined; readonly versionId?: string | undefined } = {},
): Promise<VersionPage> {
  const answer = await s3.send(
    new ListObjectVersionsCommand({
      Bucket: name,
      Prefix: prefix,
      // Keys may contain characters that XML does not allow.
      EncodingType: 'url',
      ...(after.key === undefined ? {} : { KeyMarker: after.key }),
      ...(after.versionId === undefined ? {} : { VersionIdMarker: after.versionId }),
    }),
  );
  // S3 reports `EncodingType` if it has encoded the keys. The emulator does not report it, so its keys are not decoded.
  const decode = answer.EncodingType === 'url' ? decodeKey : (key: string) => key;
  const versions = [
    ...(answer.Versions ?? []).map((entry) => read(entry, false, decode)),
    ...(answer.DeleteMarkers ?? []).map((entry) => read(entry, true, decode)),
  ];
  return {
    versions: versions.sort(byKeyThenNewest),
    truncated: answer.IsTruncated === true,
    nextKey: answer.NextKeyMarker === undefined ? undefined : decode(answer.NextKeyMarker),
    nextVersionId: answer.NextVersionIdMarker,
  };
}

/** Returns up to 1,000 versions of one key. */
export async function versionsOf(bucket: Bucket, objectKey: string): Promise<VersionPage> {
  const page = await listVersions(bucket, objectKey);
  const versions = page.versions.filter((version) => version.objectKey === objectKey);
  return { ...page, versions, truncated: page.truncated && page.nextKey === objectKey };
}

export async function newestOf(bucket: Bucket, objectKey: string): Promise<Version | undefined> {
  return (await versionsOf(bucket, objectKey)).versions.find(({ isNewest }) => isNewest);
}

function read(
  entry: ObjectVersion | DeleteMarkerEntry,
  isDeleteMarker: boolean,
  decode: (key: string) => string,
): Version {
  return {
    objectKey: decode(entry.Key ?? ''),
    versionId: entry.VersionId ?? 'null',
    isNewest: entry.IsLatest === true,
    isDeleteMarker,
    bytes: 'Size' in entry ? (entry.Size ?? 0) : 0,
    etag: 'ETag' in entry ? (entry.ETag ?? '') : '',
    lastModified: entry.LastModified ?? new Date(0),
  };
}

/** With EncodingType url, S3 writes a space as `+`. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** Orders keys by their UTF-8 bytes as S3 does, not by JavaScript's UTF-16 units. */
function byKeyThenNewest(a: Version, b: Version): number {
  return (
    Buffer.compare(Buffer.from(a.objectKey), Buffer.from(b.objectKey)) ||
    Number(b.isNewest) - Number(a.isNewest) ||
    b.lastModified.getTime() - a.lastModified.getTime()
  );
}

/** Returns whether a conditional write failed because somebody else wrote the object first. */
export function isConflict(error: unknown): boolean {
  return (
    error instanceof S3ServiceException &&
    (error.name === 'PreconditionFailed' || error.name === 'ConditionalRequestConflict')
  );
}

/** Runs work on a multipart upload. Refuses the request if the upload does not exist in S3 or was deleted. */
export async function withMultipart<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoSuchUpload || (error instanceof S3ServiceException && error.name === 'NoSuchUpload')) {
      throw new RefusedError('no-such-send', 'This upload no longer exists. Send the file again.');
    }
    throw error;
  }
}
