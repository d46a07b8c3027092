/**
 * The command `fuzz`: reads corrupted files with the job's reader and the preview's reader. Stops after the given time,
 * or when a reader fails.
 */
import { join } from 'node:path';
import { CommandError } from '@centflow/command-line/exit';
import { runChild } from '@centflow/command-line/run-child';
import { readToolPaths, repository, type ToolPaths } from '@centflow/local-processes/paths';
import { type Command, InvalidArgumentError } from 'commander';

/** A round of one reader takes one to two minutes. */
const FILES_PER_ROUND = 500;

export function addFuzz(program: Command): void {
  program
    .command('fuzz')
    .description("read corrupted files with the job's reader and with the preview's reader")
    .option('--minutes <minutes>', 'the duration', parsePositive, 10)
    .option('--seed <seed>', 'the seed of the first round; each round uses the next one', parsePositive, 2)
    .option('--files <files>', 'the number of files in a round', parsePositive, FILES_PER_ROUND)
    .action(fuzz);
}

interface FuzzOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly files: number;
}

async function fuzz({ minutes, seed: first, files }: FuzzOptions): Promise<void> {
  const tools = readToolPaths();
  const end = Date.now() + minutes * 60_000;
  let seed = first;
  for (; seed === first || Date.now() < end; seed++) {
    for (const reader of readers(tools)) {
      const started = Date.now();
      const exitCode = await run(reader, tools, seed, files);
      if (exitCode !== 0) {
        throw new CommandError(
          `With seed ${seed}, ${reader.name} fails. The output above shows the file. ` +
            `To repeat it, run: npm run fuzz -- --seed ${seed} --files ${files} --minutes 1`,
        );
      }
      console.log(`✔ seed ${seed}, ${reader.name}: ${files} files, ${((Date.now() - started) / 1000).toFixed(0)} s`);
    }
  }
  console.log(`The seeds ${first} to ${seed - 1} found no fault.`);
}

interface Reader {
  readonly name: string;
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
}

function readers({ uv, pnpm }: ToolPaths): readonly Reader[] {
  return [
    {
      name: "the job's reader",
      folder: 'glue',
      command: uv,
      args: ['run', '--frozen', 'pytest', 'tests/test_hostile_files.py'],
    },
    {
      name: "the preview's reader",
      folder: join('packages', 'preview'),
      command: pnpm,
      args: ['exec', 'vitest', 'run', '--testTimeout=0', 'test/hostile-files.test.ts'],
    },
  ];
}

function run({ folder, command, args }: Reader, tools: ToolPaths, seed: number, files: number): Promise<number> {
  return runChild(command, args, {
    cwd: join(repository, folder),
    env: {
      CENTFLOW_FUZZ_SEED: String(seed),
      CENTFLOW_FUZZ_FILES: String(files),
      JAVA_HOME: tools.javaHome,
      UV_PROJECT_ENVIRONMENT: tools.virtualEnvironment,
    },
  });
}

function parsePositive(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError('The value must be a whole number of at least 1.');
  return number;
}
