/** Simulates a Terraform state lock that somebody else holds. */
import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/**
 * Runs `work` while Ann's laptop holds the lock of a state.
 *
 * @param state the bucket and the key of the state
 */
export async function whileLocked<Result>(
  s3: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = { Bucket: bucket, Key: `${key}.tflock` };
  const holder = {
    ID: randomUUID(),
    Path: `${bucket}/${key}`,
    Operation: 'OperationTypeApply',
    Info: '',
    Who: 'ann@laptop',
    Version: '1.11.0',
    Created: new Date().toISOString(),
  };
  await s3.send(new PutObjectCommand({ ...lock, Body: JSON.stringify(holder) }));
  try {
    return await work();
  } finally {
    await s3.send(new DeleteObjectCommand(lock));
  }
}
