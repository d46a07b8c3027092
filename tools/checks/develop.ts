/** The commands `generate`, `types`, `lint` and `format`, for developers who have installed no tools by hand. */
import { runChild } from '@centflow/command-line/run-child';
import { readToolPaths, repository, type ToolPaths, turboEnvironment } from '@centflow/local-processes/paths';
import type { Command } from 'commander';

/** Adds `generate`. Its options are passed to the schema's generator. */
export function addGenerate(program: Command): void {
  program
    .command('generate')
    .description('write the generated files: registries, contracts, samples, the next migration, openapi.json')
    .option('--name <name>', 'the name of the migration')
    .option('--custom', 'add an empty migration, to fill in by hand')
    .option('--check', 'write nothing, and fail if a committed file is out of date')
    .action(({ name, custom, check }: { name?: string; custom?: boolean; check?: boolean }) => {
      const generator = [
        'packages/schema/src/generate.ts',
        ...(name === undefined ? [] : ['--name', name]),
        ...(custom ? ['--custom'] : []),
      ];
      const tools = readToolPaths();
      return runInTurn(tools, [
        [tools.node, ...generator, ...(check ? ['--check'] : [])],
        ...(check ? [] : [turbo(tools, 'generate', '--filter=!@centflow/schema')]),
      ]);
    });
}

/** Adds `types`. */
export const addTypes = addTask('types', 'check the types of both languages');

/** Adds `lint`. */
export const addLint = addTask('lint', 'check the style of both languages', ['biome', 'check', '.']);

/** Adds `format`. */
export const addFormat = addTask('format', 'fix the style of both languages, if it can be fixed automatically', [
  'biome',
  'check',
  '--write',
  '.',
]);

/**
 * Returns a function that adds a Turbo task as a command. `first` is the command line of a workspace program that runs
 * before the task.
 */
function addTask(task: string, description: string, first: readonly string[] = []): (program: Command) => void {
  return (program) =>
    void program
      .command(task)
      .description(description)
      .action(() => {
        const tools = readToolPaths();
        const before: CommandLine[] = first.length === 0 ? [] : [[tools.pnpm, 'exec', ...first]];
        return runInTurn(tools, [...before, turbo(tools, task)]);
      });
}

type CommandLine = readonly [command: string, ...args: string[]];

function turbo({ pnpm }: ToolPaths, task: string, ...args: string[]): CommandLine {
  return [pnpm, 'exec', 'turbo', 'run', task, '--output-logs=errors-only', ...args];
}

/** Runs all commands in order, even after a failure. A failure sets the exit code. */
async function runInTurn(tools: ToolPaths, commandLines: readonly CommandLine[]): Promise<void> {
  for (const [command, ...args] of commandLines) {
    const exitCode = await runChild(command, args, { cwd: repository, env: turboEnvironment(tools) });
    if (exitCode !== 0) process.exitCode = exitCode;
  }
}
