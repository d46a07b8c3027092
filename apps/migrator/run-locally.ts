/**
 * Runs the migrator once: `node run-locally.ts [event file]`.
 *
 * It uses a temporary MySQL server and a fake Secrets Manager. The migrator requires a server with a verifiable
 * certificate. On the running local stack, the migrator would also change the passwords.
 */
import { join } from 'node:path';
import { runLocally } from '@centflow/lambda-kit/run-locally';
import { startFakeSecretsManager } from '@centflow/test-kit/fake-secrets-manager';
import { createAuthority, startTlsMysql } from '@centflow/test-kit/tls-mysql';
import { bundleLambda } from './build.ts';

const [eventFile = join(import.meta.dirname, 'events', 'migrate.json')] = process.argv.slice(2);

const mysql = await startTlsMysql();
try {
  const authority = await createAuthority('Centflow local authority');
  await mysql.present(authority, mysql.host);
  const secrets = await startFakeSecretsManager({ administrator: mysql.administrator });
  try {
    await runLocally({
      bundleLambda,
      eventFile,
      env: {
        AWS_ENDPOINT_URL: secrets.url,
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        ENVIRONMENT: 'local',
        DATABASE_HOST: mysql.host,
        DATABASE_PORT: String(mysql.port),
        DATABASE_NAME: 'centflow',
        DATABASE_CA: authority.pem,
        ADMINISTRATOR_SECRET: 'administrator',
        MIGRATOR_SECRET: 'migrator',
        LOADER_SECRET: 'loader',
        REPORTER_SECRET: 'reporter',
      },
    });
  } finally {
    await secrets[Symbol.asyncDispose]();
  }
} finally {
  await mysql[Symbol.asyncDispose]();
}
