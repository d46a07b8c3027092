/**
 * Runs the canary once: `node run-locally.ts [event file]`.
 *
 * It uses a temporary MySQL server and a fake Secrets Manager, because the canary requires a server with a verifiable
 * certificate, which the local stack does not have. The views are empty.
 */
import { join } from 'node:path';
import { runLocally } from '@centflow/lambda-kit/run-locally';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { setUpDatabase } from '@centflow/schema/set-up-database';
import { startFakeSecretsManager } from '@centflow/test-kit/fake-secrets-manager';
import { createAuthority, startTlsMysql } from '@centflow/test-kit/tls-mysql';
import { bundleLambda } from './build.ts';

const [eventFile = join(import.meta.dirname, 'events', 'owner.json')] = process.argv.slice(2);

const mysql = await startTlsMysql();
try {
  const { host, port, administrator } = mysql;
  const authority = await createAuthority('Centflow local authority');
  await mysql.present(authority, host);
  await setUpDatabase({
    administratorUrl: `mysql://${administrator.username}:${encodeURIComponent(administrator.password)}@${host}:${port}`,
    database: 'centflow',
    passwordOf: (role) => `password of ${role}`,
    requireTls: true,
    ssl: verifiedTls(authority.pem),
  });
  const reporter = { host, port, username: 'reporter', password: 'password of reporter', dbname: 'centflow' };
  const secrets = await startFakeSecretsManager({ reporter });
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
        CANARY_OWNER: 'centflow-canary',
        REPORTER_SECRET: 'reporter',
        DATABASE_CA: authority.pem,
      },
    });
  } finally {
    await secrets[Symbol.asyncDispose]();
  }
} finally {
  await mysql[Symbol.asyncDispose]();
}
