/** Uploads files into the bucket. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { HeadObjectCommand, NotFound, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Version } from './follow.ts';

/** Uploads a file as a stream and returns the new version of the object. */
export async function putFile(s3: S3Client, bucket: string, objectKey: string, file: string): Promise<Version> {
  const { VersionId } = await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: objectKey,
      Body: createReadStream(file),
      ContentLength: statSync(file).size,
      ContentType: file.toLowerCase().endsWith('.gz') ? 'application/gzip' : 'text/csv',
    }),
  );
  return { objectKey, versionId: VersionId ?? 'null' };
}

/** Returns the current version of an object if it has the same bytes as the file, otherwise undefined. */
export async function findSameVersion(
  s3: S3Client,
  bucket: string,
  objectKey: string,
  file: string,
): Promise<Version | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: objectKey }));
    const md5 = createHash('md5').update(readFileSync(file)).digest('hex');
    return head.ETag === `"${md5}"` ? { objectKey, versionId: head.VersionId ?? 'null' } : undefined;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
