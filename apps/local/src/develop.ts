/** `generate`, `types`, `lint` and `format`: what somebody needs who changes the code, without anything installed by hand. */
import type { Command } from 'commander';
import { readToolPaths, repository, type ToolPaths } from './paths.ts';
import { runChild } from './run-child.ts';

/** Adds `generate`, whose arguments go to the schema's generator: `--name` calls a migration, `--check` writes nothing. */
export function addGenerate(program: Command): void {
  program
    .command('generate')
    .description('write what is generated: registries, contracts, samples, the next migration, openapi.json')
    .option('--name <name>', 'what to call the migration')
    .option('--check', 'write nothing; fail where anything that is committed is out of date')
    .action(({ name, check }: { name?: string; check?: boolean }) => {
      const generator = ['packages/schema/src/generate.ts', ...(name === undefined ? [] : ['--name', name])];
      const tools = readToolPaths();
      return runInTurn(tools, [
        [tools.node, ...generator, ...(check ? ['--check'] : [])],
        ...(check ? [] : [turbo(tools, 'generate', '--filter=!@centflow/schema')]),
      ]);
    });
}

/** Adds `types`. */
export function addTypes(program: Command): void {
  program
    .command('types')
    .description('check the types of both languages')
    .action(() => {
      const tools = readToolPaths();
      return runInTurn(tools, [turbo(tools, 'types')]);
    });
}

/** Adds `lint`. */
export function addLint(program: Command): void {
  program
    .command('lint')
    .description('check the style of both languages')
    .action(() => {
      const tools = readToolPaths();
      return runInTurn(tools, [[tools.pnpm, 'exec', 'biome', 'check', '.'], turbo(tools, 'lint')]);
    });
}

/** Adds `format`. */
export function addFormat(program: Command): void {
  program
    .command('format')
    .description('fix the style of both languages, as far as a program can')
    .action(() => {
      const tools = readToolPaths();
      return runInTurn(tools, [[tools.pnpm, 'exec', 'biome', 'check', '--write', '.'], turbo(tools, 'format')]);
    });
}

type CommandLine = readonly [command: string, ...args: string[]];

function turbo({ pnpm }: ToolPaths, task: string, ...args: string[]): CommandLine {
  return [pnpm, 'exec', 'turbo', 'run', task, '--output-logs=errors-only', ...args];
}

/** Runs each command even if one before it fails; a failure sets the exit code. */
async function runInTurn(tools: ToolPaths, commandLines: readonly CommandLine[]): Promise<void> {
  for (const [command, ...args] of commandLines) {
    const exitCode = await runChild(command, args, {
      cwd: repository,
      env: {
        TURBO_TELEMETRY_DISABLED: '1',
        UV_PROJECT_ENVIRONMENT: tools.virtualEnvironment,
        VIRTUAL_ENV: undefined,
      },
    });
    if (exitCode !== 0) process.exitCode = exitCode;
  }
}
