/** AWS clients, told what both the Lambda and one machine need. */
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

export function s3Client(config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    // A checksum of the body that is not there yet would be signed into the address.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 2000, requestTimeout: 15_000 },
    ...config,
  });
}
