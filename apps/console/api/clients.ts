/** AWS clients with the settings that both the Lambdas and the local server need. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

export function s3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    // Without this setting, a presigned URL would contain the checksum of an empty body.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 2000, requestTimeout: 15_000 },
    ...config,
  });
}
