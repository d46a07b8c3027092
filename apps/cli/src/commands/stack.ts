/** `stack`: starts a temporary stack for the tests of other packages. The tests may be written in any language. */
import { join, resolve } from 'node:path';
import { printError } from '@centflow/command-line/screen';
import { PARTS, type PartName, startStack } from '@centflow/local-stack/stack';
import { type Command, InvalidArgumentError } from 'commander';
import { buildConsole } from '../build-console.ts';
import { buildTrigger } from '../build-trigger.ts';

/** The parts that start by default. Tests of the flow need all of them. */
const DEFAULT_PARTS: readonly PartName[] = ['mysql', 's3', 'flow'];

interface StackCommandOptions {
  readonly dataDir: string;
  readonly only: readonly PartName[];
}

export function addStack(program: Command): void {
  program
    .command('stack')
    .description(
      'for tests: start a stack, print its addresses as one line of JSON, and serve until standard input ends',
    )
    .requiredOption('--data-dir <folder>', 'folder for all data of the stack')
    .option('--only <parts>', `parts to start, separated by commas: ${PARTS.join(', ')}`, parseParts, DEFAULT_PARTS)
    .option('--json', 'accepted for consistency; the output is always JSON')
    .action(runStack);
}

/** Starts the parts, prints one line of JSON when they are ready, and serves until standard input ends or a signal arrives. */
async function runStack(options: StackCommandOptions): Promise<void> {
  const { only, dataDir } = options;
  const triggerBuild = only.includes('flow') ? buildTrigger(join(dataDir, 'trigger-build.log')) : undefined;
  const consoleBuild = only.includes('console') ? buildConsole(join(dataDir, 'console-build.log')) : undefined;
  // The stack awaits the builds only after other parts are ready. A build that fails earlier must not end this process.
  for (const build of [triggerBuild, consoleBuild]) build?.catch(() => undefined);
  const stack = await startStack({
    dataFolder: resolve(dataDir),
    parts: only,
    temporaryDatabase: true,
    ...(triggerBuild === undefined ? {} : { trigger: triggerBuild }),
    ...(consoleBuild === undefined ? {} : { console: consoleBuild }),
    bufferPool: '256M',
    report: printError,
  });
  process.stdout.write(`${JSON.stringify(stack.description)}\n`);
  const reason = await Promise.race([stack.failed, waitForStop()]);
  await stack.stop();
  if (reason !== undefined) {
    printError(reason);
    process.exitCode = 1;
  }
}

function parseParts(only: string): readonly PartName[] {
  return only.split(',').map((name) => {
    const part = PARTS.find((known) => known === name.trim());
    if (part === undefined)
      throw new InvalidArgumentError(`${name} is not a part of the stack. The parts are: ${PARTS.join(', ')}`);
    return part;
  });
}

/** Waits until standard input ends, the parent process ends, or a signal arrives. */
async function waitForStop(): Promise<undefined> {
  await new Promise<void>((done) => {
    process.stdin.once('end', done).once('close', done).resume();
    process.once('disconnect', done);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done());
  });
  process.stdin.pause();
}
