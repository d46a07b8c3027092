/**
 * Starts and stops a stack for one test, in a separate folder. The stack has all parts from the upload event to the job
 * run.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesLeft } from '@centflow/local-processes/processes-of';
import { type LocalStack, type StackOptions, startStack } from '@centflow/local-stack/stack';
import { buildTrigger } from '../build-trigger.ts';

export async function startFlowStack(folder: string, options: Partial<StackOptions>): Promise<LocalStack> {
  // Like the repository's package.json, this file makes JavaScript files ES modules. The Lambda runtime must work
  // despite that.
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return startStack({
    dataFolder: folder,
    parts: ['mysql', 's3', 'flow'],
    temporaryDatabase: false,
    bufferPool: '256M',
    trigger: buildTrigger(join(folder, 'trigger-build.log')),
    ...options,
  });
}

/**
 * Stops the stack and removes its folder.
 *
 * @returns the processes of the stack that are still running
 */
export async function stopFlowStack(stack: LocalStack | undefined, folder: string): Promise<string[]> {
  await stack?.stop();
  const left = await processesLeft(folder, 0);
  rmSync(folder, { recursive: true, force: true });
  return left;
}
