import { fileURLToPath } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = readConfig(process.env);

/** The Lambda's entry point, `index.handler`. */
export const handler = createHandler({
  config,
  secrets: new SecretsManagerClient({}),
  logger: new Logger({ serviceName: 'migrator', persistentKeys: { environment: config.environment } }),
  // build.ts copies the migrations into the folder of the bundle.
  migrations: fileURLToPath(new URL('migrations', import.meta.url)),
});
