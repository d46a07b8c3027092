/** The clients for the AWS services that the checks call. */
import type { Agent } from 'node:https';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GlueClient } from '@aws-sdk/client-glue';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { QuickSightClient } from '@aws-sdk/client-quicksight';
import { RDSClient } from '@aws-sdk/client-rds';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';

export interface Account {
  readonly cloudwatch: CloudWatchClient;
  readonly cognito: CognitoIdentityProviderClient;
  readonly events: EventBridgeClient;
  readonly glue: GlueClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly quicksight: QuickSightClient;
  readonly rds: RDSClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
  destroy(): void;
}

/** Endpoint and credentials. The default is AWS, with the credentials from the usual environment variables. */
export interface AccountConfiguration {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requestHandler?: { readonly httpsAgent: Agent };
}

export function openAccount(region: string, configuration: AccountConfiguration = {}): Account {
  const all = { ...configuration, region };
  // Emulators serve all buckets under one host name.
  const forcePathStyle = configuration.endpoint !== undefined || process.env.AWS_ENDPOINT_URL !== undefined;
  const clients = {
    // SetAlarmState allows only a few requests per second: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    cloudwatch: new CloudWatchClient({ ...all, maxAttempts: 10 }),
    cognito: new CognitoIdentityProviderClient(all),
    events: new EventBridgeClient(all),
    glue: new GlueClient(all),
    lambda: new LambdaClient(all),
    logs: new CloudWatchLogsClient(all),
    quicksight: new QuickSightClient(all),
    rds: new RDSClient(all),
    s3: new S3Client({ ...all, forcePathStyle }),
    secrets: new SecretsManagerClient(all),
    sns: new SNSClient(all),
    sqs: new SQSClient(all),
    sts: new STSClient(all),
  };
  return {
    ...clients,
    destroy: () => {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}
