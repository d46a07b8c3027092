/** The entry point `index.handler` of both Lambdas. The variable FUNCTION selects `console` or `operations`. */
import { Logger } from '@aws-lambda-powertools/logger';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { GlueClient } from '@aws-sdk/client-glue';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { rdsAuthorities } from '@centflow/lambda-kit/rds-authorities';
import { readDatabaseUser } from '@centflow/lambda-kit/secrets';
import { verifiedTls } from '@centflow/lambda-kit/tls';
import { handle } from 'hono/aws-lambda';
import { createApp } from '../app.ts';
import { s3Client } from '../clients.ts';
import type { Handlers } from '../context.ts';
import { connectViews } from '../database.ts';
import { consoleHandlers } from '../handlers.ts';
import { operationsHandlers } from '../operations/handlers.ts';
import { sessionHandlers } from '../session.ts';
import { identifyByGateway } from './claims.ts';
import { type ConsoleConfig, type OperationsConfig, readLambdaConfig } from './config.ts';

const config = readLambdaConfig(process.env);
const { ENVIRONMENT: environment, SIGN_IN: signIn, CONSOLE_ORIGIN: origin } = config.variables;
const logger = new Logger({ serviceName: config.name, persistentKeys: { environment } });

const app = createApp({
  handlers:
    config.name === 'console'
      ? { ...sessionHandlers({ environment, signIn }), ...handlersOfConsole(config.variables) }
      : handlersOfOperations(config.variables),
  identify: identifyByGateway,
  origins: () => [origin],
  audit: (line) => logger.info('audit', { audit: line }),
  reportFault: ({ route, name, detail }) => logger.error('A request failed', { route, reason: name, detail }),
});

export const handler = handle(app);

function handlersOfConsole(variables: ConsoleConfig): Partial<Handlers> {
  const secrets = new SecretsManagerClient({});
  const authorities = variables.DATABASE_CA ?? rdsAuthorities(variables.AWS_REGION);
  const serverOf = async () => {
    const { username, password } = await readDatabaseUser(secrets, variables.DATABASE_SECRET_ARN);
    return {
      host: variables.DATABASE_HOST,
      port: variables.DATABASE_PORT,
      database: variables.DATABASE_NAME,
      user: username,
      password,
      ssl: verifiedTls(authorities),
    };
  };
  // One connection is enough: a Lambda serves one request at a time, and a request runs its queries in sequence.
  const database = connectViews(serverOf, { connections: 1, isOneOfMany: true });
  return consoleHandlers({ database, bucket: { s3: s3Client(), name: variables.UPLOADS_BUCKET } });
}

function handlersOfOperations(variables: OperationsConfig): Partial<Handlers> {
  const queues = { queueUrl: variables.QUEUE_URL, deadLetterQueueUrl: variables.DEAD_LETTER_QUEUE_URL };
  return operationsHandlers({
    glue: new GlueClient({}),
    sqs: new SQSClient({}),
    cloudwatch: new CloudWatchClient({}),
    jobName: variables.GLUE_JOB_NAME,
    alarmPrefix: variables.ALARM_PREFIX,
    queues: async () => queues,
  });
}
