/** The local server: serves the routes of both Lambda functions and the web app from one address. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { GlueClient } from '@aws-sdk/client-glue';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createAdaptorServer } from '@hono/node-server';
import type { Context } from 'hono';
import { createApp } from '../app.ts';
import { s3Client } from '../clients.ts';
import type { ApiEnvironment, Handlers } from '../context.ts';
import type { SignIn } from '../contract/session.ts';
import { connectViews } from '../database.ts';
import { consoleHandlers } from '../handlers.ts';
import { readIdentity } from '../identity.ts';
import { operationsHandlers } from '../operations/handlers.ts';
import { RefusedError } from '../refusal.ts';
import { sessionHandlers } from '../session.ts';
import { auditFile } from './audit-file.ts';
import { awsOf, type LocalConfig } from './config.ts';
import { partsHandlers } from './parts.ts';
import { signInHandlers } from './sign-in.ts';
import { createTokens, readKey, verifyTokensOf } from './tokens.ts';
import { serveWeb } from './web.ts';

export interface LocalServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the local server. `signIn` is an OIDC provider as on AWS, or by default sign-in with one click. */
export async function startServer(config: LocalConfig, signIn: SignIn = { kind: 'local' }): Promise<LocalServer> {
  const aws = awsOf(config);
  const [s3, sqs, glue, cloudwatch] = [
    s3Client({ ...aws, forcePathStyle: true }),
    new SQSClient(aws),
    new GlueClient(aws),
    new CloudWatchClient(aws),
  ];
  const database = connectViews(async () => ({ uri: config.DATABASE_URL }), { connections: 10 });
  const tokens = createTokens(readKey(config.DATA_FOLDER));
  const byClick = signIn.kind === 'local';
  const verify = byClick ? tokens.verify : verifyTokensOf(signIn);
  const { audit, close: closeAudit } = auditFile(config.DATA_FOLDER);
  const bucket = { s3, name: config.UPLOADS_BUCKET };

  const urlOf = async (QueueName: string) => (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? '';
  const handlers: Partial<Handlers> = {
    ...sessionHandlers({ environment: 'local', signIn }),
    ...(byClick ? signInHandlers(database, tokens) : {}),
    ...partsHandlers(config.PARTS_FILE),
    ...consoleHandlers({ database, bucket }),
    ...operationsHandlers({
      ...{ glue, sqs, cloudwatch, jobName: config.GLUE_JOB_NAME, alarmPrefix: 'centflow-local-' },
      queues: async () => ({
        queueUrl: await urlOf(config.QUEUE_NAME),
        deadLetterQueueUrl: await urlOf(config.DEAD_LETTER_QUEUE_NAME),
      }),
    }),
  };
  const app = createApp({
    handlers,
    audit,
    async identify(context) {
      const token = bearerOf(context);
      return token === undefined ? undefined : readIdentity(await verify(token));
    },
    origins: (context) => [`http://${context.req.header('host')}`],
    reportFault: (fault) => console.error(JSON.stringify(fault)),
    before: refuseOtherHosts,
  });
  if (config.WEB_FOLDER !== undefined) {
    serveWeb(app, config.WEB_FOLDER, {
      uploadsOrigin: new URL(config.AWS_ENDPOINT_URL).origin,
      authorityOrigins: byClick ? [] : [new URL(signIn.authority).origin],
    });
  }

  const server = createAdaptorServer({
    async fetch(request, env) {
      const response = await app.fetch(request, env);
      // The server does not read the rest of the body, so the client must not reuse the connection.
      if (response.status === 413) response.headers.set('connection', 'close');
      return response;
    },
  });
  // Keeps idle connections open for longer than clients do. Closing a connection just as a request arrives would lose
  // the request.
  if ('keepAliveTimeout' in server) server.keepAliveTimeout = 75_000;
  server.listen(config.PORT, config.HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return {
    url: `http://${host}:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
      await Promise.all([database.end(), closeAudit()]);
      for (const client of [s3, sqs, glue, cloudwatch]) client.destroy();
    },
  };
}

export function bearerOf(context: Context<ApiEnvironment>): string | undefined {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
}

/**
 * Prevents DNS rebinding. Without this check, a foreign page whose host name resolves to this machine would count as
 * the console's own page.
 */
function refuseOtherHosts(context: Context<ApiEnvironment>): void {
  const host = (context.req.header('host') ?? '').replace(/:\d+$/, '');
  if (['127.0.0.1', 'localhost', '[::1]'].includes(host)) return;
  throw new RefusedError(
    'foreign-host',
    'This console can only be opened on the machine that runs it. Use the address http://127.0.0.1 with the console’s port.',
  );
}
