/** A stack with everything from the event to the job run, in a folder of a test's own. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesLeft } from '@centflow/local-processes/processes-of';
import { type Stack, type StackOptions, startStack } from '@centflow/local-stack/stack';
import { buildTrigger } from '../build-trigger.ts';

export async function startFlowStack(folder: string, options: Partial<StackOptions>): Promise<Stack> {
  // As in the repository, whose package.json makes modules of the JavaScript below it: not of the Lambda's runtime.
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
 * @returns the processes that are left
 */
export async function stopFlowStack(stack: Stack | undefined, folder: string): Promise<string[]> {
  await stack?.stop();
  const left = await processesLeft(folder, 0);
  rmSync(folder, { recursive: true, force: true });
  return left;
}
