import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = readConfig(process.env);

/** The Lambda's entry point, `index.handler`. */
export const handler = createHandler({
  config,
  secrets: new SecretsManagerClient({}),
  logger: new Logger({ serviceName: 'canary', persistentKeys: { environment: config.environment } }),
});
