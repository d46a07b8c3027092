/** Runs the S3 emulator of the local stack for tests, in a separate process because apps/cli depends on this package. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { S3Client } from '@aws-sdk/client-s3';

const localStack = join(import.meta.dirname, '..', '..', '..', 'cli', 'src', 'main.ts');

export interface Emulator {
  readonly s3: S3Client;
  stop(): Promise<void>;
}

/** The description that the local stack prints (packages/local-stack/src/stack.ts). */
type Described = Readonly<Record<'endpointUrl' | 'region' | 'accessKeyId' | 'secretAccessKey', string>>;

export async function startEmulator(): Promise<Emulator> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'centflow-delivery-test-'));
  const stack = spawn(process.execPath, [localStack, 'stack', '--only', 's3', '--data-dir', dataFolder, '--json'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(stack, 'exit');
  const stop = async () => {
    stack.stdin.end();
    await ended;
    await rm(dataFolder, { recursive: true, force: true });
  };
  for await (const line of createInterface(stack.stdout)) {
    const { endpointUrl, region, accessKeyId, secretAccessKey } = JSON.parse(line) as Described;
    const s3 = new S3Client({
      endpoint: endpointUrl,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
    });
    return {
      s3,
      stop: async () => {
        s3.destroy();
        await stop();
      },
    };
  }
  await stop();
  throw new Error('The local stack ended before S3 was up. Its last words are above.');
}
