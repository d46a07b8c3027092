/** AWS clients that talk to the emulator. */
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { CREDENTIALS, REGION } from './emulator.ts';

export interface Clients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly glue: GlueClient;
  readonly secrets: SecretsManagerClient;
  destroy(): void;
}

export function createClients(endpointUrl: string): Clients {
  const configuration = { endpoint: endpointUrl, region: REGION, credentials: CREDENTIALS };
  const clients = {
    s3: new S3Client({ ...configuration, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    sqs: new SQSClient(configuration),
    lambda: new LambdaClient(configuration),
    glue: new GlueClient(configuration),
    secrets: new SecretsManagerClient(configuration),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
