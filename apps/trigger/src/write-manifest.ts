import { randomUUID } from 'node:crypto';
import {
  DeleteObjectCommand,
  type DeleteObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import type { ObjectEvent } from './read-events.ts';

/** Where a manifest stands. */
export interface ManifestLocation {
  readonly bucket: string;
  readonly key: string;
  readonly uri: string;
}

/** The part of `S3Client` that is used here. */
export interface ManifestBucket {
  send(command: PutObjectCommand, options: { abortSignal: AbortSignal }): Promise<PutObjectCommandOutput>;
  send(command: DeleteObjectCommand, options: { abortSignal: AbortSignal }): Promise<DeleteObjectCommandOutput>;
}

/** One line for each object key, in order of first appearance, with the earliest of its event times. */
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
 * Renders the manifest as JSON lines, in ASCII.
 *
 * A key may hold U+2028 or U+0085, which some readers take for the end of a line.
 */
export function renderManifest(lines: readonly ObjectEvent[]): string {
  return lines.map(({ key, eventTime }) => `${asciiJson({ key, eventTime })}\n`).join('');
}

/** Names a manifest by its day, so that a person finds it and a lifecycle rule can expire it. */
export function manifestKey(prefix: string, now: Date, id: string): string {
  return `${prefix}${now.toISOString().slice(0, 10).replaceAll('-', '/')}/${id}.jsonl`;
}

/** Writes the manifest of one job run and says where. */
export async function writeManifest(
  s3: ManifestBucket,
  { bucket, prefix }: { bucket: string; prefix: string },
  lines: readonly ObjectEvent[],
  signal: AbortSignal,
): Promise<ManifestLocation> {
  const key = manifestKey(prefix, new Date(), randomUUID());
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

/** Removes a manifest no job run will read. */
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
