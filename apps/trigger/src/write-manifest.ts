import { randomUUID } from 'node:crypto';
import {
  DeleteObjectCommand,
  type DeleteObjectCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type { ObjectEvent } from './read-events.ts';

/** The folder of waiting manifests, relative to the prefix of all manifests. */
const WAITING = 'waiting/';

/** The location of a manifest in S3. */
export interface ManifestLocation {
  readonly bucket: string;
  readonly key: string;
  readonly uri: string;
}

/** The part of `S3Client` that is used here. */
export interface ManifestBucket {
  send(command: PutObjectCommand, options: { abortSignal: AbortSignal }): Promise<PutObjectCommandOutput>;
  send(command: DeleteObjectCommand, options: { abortSignal: AbortSignal }): Promise<DeleteObjectCommandOutput>;
  send(command: ListObjectsV2Command, options: { abortSignal: AbortSignal }): Promise<ListObjectsV2CommandOutput>;
}

/** Returns one line for each object key, with its earliest event time. The keys are in order of first appearance. */
export function planManifest(events: readonly ObjectEvent[]): ObjectEvent[] {
  const lines = new Map<string, ObjectEvent>();
  for (const event of events) {
    const earlier = lines.get(event.key);
    if (earlier === undefined || event.eventTime < earlier.eventTime) {
      lines.set(event.key, event);
    }
  }
  return [...lines.values()];
}

/**
 * Renders the manifest as JSON lines in ASCII. ASCII is necessary because a key may contain U+2028 or U+0085, which
 * some
 * readers treat as a line break.
 */
export function renderManifest(lines: readonly ObjectEvent[]): string {
  return lines.map(({ key, eventTime }) => `${asciiJson({ key, eventTime })}\n`).join('');
}

/** Returns the object key of a manifest. The key contains the date, so that people can find the manifest easily. */
export function manifestKey(prefix: string, now: Date, id: string): string {
  return `${prefix}${now.toISOString().slice(0, 10).replaceAll('-', '/')}/${id}.jsonl`;
}

/** Returns the URI of the folder in which manifests wait for a running job run. */
export function waitingFolder({ bucket, prefix }: { bucket: string; prefix: string }): string {
  return `s3://${bucket}/${prefix}${WAITING}`;
}

/** Writes the manifest of one job run and returns its location. */
export async function writeManifest(
  s3: ManifestBucket,
  { bucket, prefix }: { bucket: string; prefix: string },
  lines: readonly ObjectEvent[],
  signal: AbortSignal,
): Promise<ManifestLocation> {
  return putManifest(s3, bucket, manifestKey(prefix, new Date(), randomUUID()), lines, signal);
}

/**
 * Writes a manifest into the folder in which running job runs look for more keys. The run that takes the manifest
 * deletes
 * it.
 */
export async function offerManifest(
  s3: ManifestBucket,
  { bucket, prefix }: { bucket: string; prefix: string },
  lines: readonly ObjectEvent[],
  signal: AbortSignal,
): Promise<ManifestLocation> {
  return putManifest(s3, bucket, `${prefix}${WAITING}${randomUUID()}.jsonl`, lines, signal);
}

/**
 * Returns whether a manifest still exists.
 *
 * The function uses a list request instead of HEAD. If the key is missing, S3 answers HEAD with 403 unless the role may
 * list the whole bucket (https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html).
 */
export async function manifestExists(
  s3: ManifestBucket,
  { bucket, key }: ManifestLocation,
  signal: AbortSignal,
): Promise<boolean> {
  const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }), {
    abortSignal: signal,
  });
  return KeyCount !== 0;
}

async function putManifest(
  s3: ManifestBucket,
  bucket: string,
  key: string,
  lines: readonly ObjectEvent[],
  signal: AbortSignal,
): Promise<ManifestLocation> {
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: key,
      Body: renderManifest(lines),
      ContentType: 'application/x-ndjson',
    }),
    { abortSignal: signal },
  );
  return { bucket, key, uri: `s3://${bucket}/${key}` };
}

/** Removes a manifest that no job run will read. */
export async function removeManifest(
  s3: ManifestBucket,
  { bucket, key }: ManifestLocation,
  signal: AbortSignal,
): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
