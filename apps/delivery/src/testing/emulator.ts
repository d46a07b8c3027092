/** Runs the S3 emulator of the local stack for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { startStack } from '@centflow/local-stack/stack';

export interface Emulator {
  readonly s3: S3Client;
  stop(): Promise<void>;
}

export async function startEmulator(): Promise<Emulator> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'centflow-delivery-test-'));
  const stack = await startStack({ dataFolder, parts: ['s3'], temporaryDatabase: true });
  return {
    s3: stack.clients.s3,
    stop: async () => {
      await stack.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}
