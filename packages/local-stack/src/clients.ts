/** Creates AWS clients that send their requests to the emulator. */
import { Agent } from 'node:https';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Credentials, REGION } from './emulator.ts';

export type { Credentials } from './emulator.ts';

export interface Clients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly glue: GlueClient;
  readonly secrets: SecretsManagerClient;
  readonly logs: CloudWatchLogsClient;
  destroy(): void;
}

/** The configuration that all clients of the emulator share. */
export interface ClientConfiguration {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly requestHandler?: { readonly httpsAgent: Agent };
}

/**
 * Returns the configuration of a client of the emulator.
 *
 * @param authority the certificate authority of the emulator as PEM, if the emulator uses TLS
 */
export function clientConfiguration(
  endpointUrl: string,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  authority?: string,
): ClientConfiguration {
  const tls = authority === undefined ? {} : { requestHandler: { httpsAgent: new Agent({ ca: authority }) } };
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  return { endpoint: endpointUrl, region: REGION, credentials, ...tls };
}

/** Creates the clients. The parameters are those of `clientConfiguration`. */
export function createClients(...settings: Parameters<typeof clientConfiguration>): Clients {
  const configuration = clientConfiguration(...settings);
  const clients = {
    s3: new S3Client({ ...configuration, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' }),
    sqs: new SQSClient(configuration),
    lambda: new LambdaClient(configuration),
    glue: new GlueClient(configuration),
    secrets: new SecretsManagerClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
