import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { freePort } from '@centflow/local-processes/free-port';
import { readToolPaths } from '@centflow/local-processes/paths';
import { afterAll, expect, test } from 'vitest';
import { type Clients, createClients } from './clients.ts';
import { createCredentials, startEmulator } from './emulator.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-queues-'));
const QueueName = 'uploads';

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `work` with an emulator on the given port. All emulators use the same data folder. */
async function withEmulator(port: number, work: (clients: Clients) => Promise<void>): Promise<void> {
  const credentials = createCredentials();
  const temporaryFolder = join(folder, `tmp-${port}`);
  mkdirSync(temporaryFolder, { recursive: true });
  const emulator = await startEmulator({
    tools: readToolPaths(),
    port,
    credentials,
    dataFolder: join(folder, 'aws'),
    temporaryFolder,
    sparkSocket: join(temporaryFolder, 'spark.sock'),
    logFile: join(folder, 'aws.log'),
  });
  const clients = createClients(`http://127.0.0.1:${port}`, credentials);
  try {
    await work(clients);
  } finally {
    clients.destroy();
    await emulator.stop();
  }
}

/** Waits for messages and returns their bodies, sorted. */
async function bodies({ sqs }: Clients): Promise<string[]> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 }),
  );
  return Messages.map(({ Body }) => Body ?? '').sort();
}

async function createdQueue({ sqs }: Clients): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
  if (QueueUrl === undefined) throw new Error('The queue has no URL');
  return QueueUrl;
}

test('a queue keeps its messages and receives events after the emulator has changed its port', async () => {
  const [first, second] = [await freePort(), await freePort()];
  await withEmulator(first, async (clients) => {
    const QueueUrl = await createdQueue(clients);
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'sent on the first port' }));
  });
  await withEmulator(second, async (clients) => {
    const QueueUrl = await createdQueue(clients);
    expect(await bodies(clients)).toEqual(['sent on the first port']);
    await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'sent on the second port' }));
  });
  await withEmulator(first, async (clients) => {
    const QueueUrl = await createdQueue(clients);
    // A message that the previous emulator had delivered is visible again, because the receiving process has ended.
    expect(await bodies(clients)).toEqual(['sent on the first port', 'sent on the second port']);
    await clients.s3.send(new CreateBucketCommand({ Bucket: 'uploads' }));
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const QueueConfigurations = [{ QueueArn: Attributes?.QueueArn, Events: ['s3:ObjectCreated:*' as const] }];
    await clients.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'uploads',
        NotificationConfiguration: { QueueConfigurations },
      }),
    );
    expect(await bodies(clients)).toEqual([expect.stringContaining('s3:TestEvent')]);
    await clients.s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'a.csv', Body: 'a' }));
    expect(await bodies(clients)).toEqual([expect.stringContaining('a.csv')]);
  });
});
