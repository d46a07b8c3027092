/** The uploads bucket: its versions, as they are now. */
import {
  type DeleteMarkerEntry,
  ListObjectVersionsCommand,
  NoSuchUpload,
  type ObjectVersion,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Refusal } from './refusal.ts';

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
  /** Where the next page begins. */
  readonly nextKey: string | undefined;
  readonly nextVersionId: string | undefined;
}

/** Versions below a prefix: by key, and of a key the newest first. */
export async function listVersions(
  { s3, name }: Bucket,
  prefix: string,
  after: { readonly key?: string | undefined; readonly versionId?: string | undefined } = {},
): Promise<VersionPage> {
  const answer = await s3.send(
    new ListObjectVersionsCommand({
      Bucket: name,
      Prefix: prefix,
      // Keys may hold what XML cannot.
      EncodingType: 'url',
      ...(after.key === undefined ? {} : { KeyMarker: after.key }),
      ...(after.versionId === undefined ? {} : { VersionIdMarker: after.versionId }),
    }),
  );
  // S3 says whether it did; the emulator does not.
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

/** All that S3 holds of one key, up to 1,000 versions. */
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

/** With EncodingType url, S3 writes `+` for a space. */
function decodeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

/** S3 orders keys by their UTF-8 bytes, which are not JavaScript's UTF-16 units. */
function byKeyThenNewest(a: Version, b: Version): number {
  return (
    Buffer.compare(Buffer.from(a.objectKey), Buffer.from(b.objectKey)) ||
    Number(b.isNewest) - Number(a.isNewest) ||
    b.lastModified.getTime() - a.lastModified.getTime()
  );
}

/** A conditional write that came too late, or met another one. */
export function isConflict(error: unknown): boolean {
  return (
    error instanceof S3ServiceException &&
    (error.name === 'PreconditionFailed' || error.name === 'ConditionalRequestConflict')
  );
}

/** An upload in parts that S3 does not know, or no longer. */
export async function withMultipart<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NoSuchUpload || (error instanceof S3ServiceException && error.name === 'NoSuchUpload')) {
      throw new Refusal(404, 'Nothing is being sent under this number, or no longer: send the file again.');
    }
    throw error;
  }
}
