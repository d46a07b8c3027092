import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '@centflow/infra/environment';
import { readEnvironment } from '@centflow/infra/environments';
import { mermaidOf } from '@centflow/infra/graph';
import { synthesise } from '@centflow/infra/synthesise';
import { repository } from '@centflow/local-processes/paths';
import {
  HandOverError,
  IgnoredChangesError,
  StateLockedError,
  TerraformError,
  TerraformUnavailableError,
} from '@centflow/terraform';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { EXIT, exitCodeOf, infra } from '../src/infra/cli.ts';

function throwing(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  for (const child of command.commands) throwing(child);
  return command;
}

const noBuild = () => Promise.reject(new Error('nothing may be built'));
const run = (...args: string[]) => throwing(infra(noBuild)).parseAsync(args, { from: 'user' });

describe('npm run infra', () => {
  test.each(['validate', 'plan', 'apply', 'destroy', 'output', 'graph', 'bootstrap'])(
    '%s first refuses an unknown environment',
    async (command) => {
      await expect(run(command, '--environment', 'prod')).rejects.toThrow(
        new EnvironmentError('Environment "prod" does not exist. Name one of: dev, staging, production.'),
      );
      await expect(run(command)).rejects.toThrow(/required option '--environment <name>' not specified/);
    },
  );

  test('refuses an unknown stack', async () => {
    await expect(run('plan', '--environment', 'dev', '--stack', 'stores')).rejects.toThrow(
      /Choose one of bootstrap, store, load, report, console, watch/,
    );
  });

  test('maps each kind of error to its exit code', () => {
    const codes = [
      new EnvironmentError(''),
      new TerraformUnavailableError(''),
      new StateLockedError(''),
      new HandOverError(''),
      new IgnoredChangesError(''),
      new TerraformError(''),
      new Error(''),
    ].map(exitCodeOf);
    expect(codes).toEqual([
      EXIT.environment,
      EXIT.unavailable,
      EXIT.locked,
      EXIT.usage,
      EXIT.usage,
      EXIT.failed,
      EXIT.failed,
    ]);
  });
});

test('the graph of the stacks contains an arrow for each output that another stack uses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'centflow-graph-'));
  synthesise([readEnvironment('dev')], folder);
  const graph = mermaidOf(['bootstrap-111122223333', 'dev-store', 'dev-load', 'dev-watch'], folder);
  rmSync(folder, { recursive: true });
  expect(graph).toMatch(/^flowchart LR\n/);
  expect(graph).toMatch(/dev-store -- ".*database_host.*" --> dev-load/);
  expect(graph).not.toMatch(/dev-load -- .* --> dev-store/);
});

describe('docs/runbook.md', () => {
  const runbook = readFileSync(join(repository, 'docs', 'runbook.md'), 'utf8');

  test('names only commands and options that exist in `npm run infra`', () => {
    const commands = new Map(infra(async () => undefined).commands.map((command) => [command.name(), command]));
    const used = [...runbook.matchAll(/npm run infra -- ([a-z]+)((?: --[a-z]+(?: [a-z]+)?)*)/g)];
    expect(used.length).toBeGreaterThan(10);
    for (const [line, name = '', rest = ''] of used) {
      const known = commands.get(name)?.options.map(({ long }) => long) ?? [];
      expect(commands.has(name), line).toBe(true);
      for (const [option] of rest.matchAll(/--[a-z]+/g)) expect(known, line).toContain(option);
    }
  });
});
