/** The command `check`: checks the style, the types, and whether the generated files are up to date. It runs no tests. */
import { spawn } from 'node:child_process';
import { CommandError } from '@centflow/command-line/exit';
import { readToolPaths, repository, type ToolPaths, turboEnvironment } from '@centflow/local-processes/paths';
import type { Command } from 'commander';
import { workflowChecks } from './workflow-checks.ts';

export interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function addCheck(program: Command): void {
  program
    .command('check')
    .description('check the style and types of both languages, and whether generated files are up to date')
    .action(checkAll);
}

async function checkAll(): Promise<void> {
  const tools = readToolPaths();
  const failed: string[] = [];
  for (const check of checks(tools)) {
    const started = Date.now();
    const { exitCode, output } = await run(check, tools);
    console.log(`${exitCode === 0 ? '✔' : '✖'} ${check.name}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
    if (exitCode !== 0) {
      console.log(output);
      failed.push(check.name);
    }
  }
  if (failed.length > 0)
    throw new CommandError(`Failed: ${failed.join(', ')}. \`npm run format\` fixes what can be fixed automatically.`);
}

function checks({ node, pnpm, uv }: ToolPaths): readonly Check[] {
  const exec = (...args: string[]) => ({ command: pnpm, args: ['exec', ...args] });
  return [
    { name: 'TypeScript and JSON style', ...exec('biome', 'check', '.') },
    { name: 'Python style', ...exec('turbo', 'run', 'lint', '--output-logs=errors-only') },
    { name: 'types', ...exec('turbo', 'run', 'types', '--output-logs=errors-only') },
    { name: 'generated files', command: node, args: ['packages/schema/src/generate.ts', '--check'] },
    { name: "the job's lock file", command: uv, args: ['lock', '--check', '--project', 'glue'] },
    {
      name: "the emulator's lock file",
      command: uv,
      args: ['lock', '--check', '--project', 'packages/local-stack/src/emulator'],
    },
    { name: "checkov's lock file", command: uv, args: ['lock', '--check', '--project', 'infra/checkov'] },
    {
      name: "the API tests' lock file",
      command: uv,
      args: ['lock', '--check', '--project', 'apps/console/contract-tests'],
    },
    ...workflowChecks(uv),
  ];
}

/** Runs one check and captures the output. The output is shown only if the check fails. */
function run(
  { command, args, env: additions }: Check,
  tools: ToolPaths,
): Promise<{ exitCode: number; output: string }> {
  const env = {
    ...process.env,
    ...turboEnvironment(tools),
    ...additions,
  };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: repository, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => output.push(data));
    child.stderr.on('data', (data: Buffer) => output.push(data));
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? 1, output: Buffer.concat(output).toString() }));
  });
}
