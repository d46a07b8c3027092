import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { GlueClient } from '@aws-sdk/client-glue';
import { S3Client } from '@aws-sdk/client-s3';
import { readConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = readConfig(process.env);
const { environment } = config;

/** The Lambda's entry point, `index.handler`. */
export const handler = createHandler({
  config,
  s3: new S3Client({}),
  glue: new GlueClient({}),
  logger: new Logger({ serviceName: 'trigger', persistentKeys: { environment } }),
  metrics: new Metrics({ namespace: 'Centflow', serviceName: 'trigger', defaultDimensions: { environment } }),
});
