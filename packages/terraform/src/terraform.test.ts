import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { errorOf, StateBucketMissingError, StateLockedError, unframed } from './errors.ts';
import { type Action, changesOf, destroys, type Plan, summaryOf } from './plan.ts';
import { findPluginMirror, holdsProvider, PROVIDER_VERSION, platform } from './plugin-mirror.ts';
import { findTerraform } from './terraform.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'centflow-terraform-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const PROVIDER = join('registry.terraform.io', 'hashicorp', 'aws');

function mirrorAt(path: string): string {
  mkdirSync(join(path, PROVIDER, PROVIDER_VERSION, platform()), { recursive: true });
  return path;
}

describe('the plugin mirror', () => {
  beforeEach(() => {
    vi.stubEnv('HOME', join(folder, 'home'));
    vi.stubEnv('XDG_DATA_HOME', '');
    vi.stubEnv('XDG_DATA_DIRS', join(folder, 'data'));
  });

  test('is found in both layouts that Terraform supports', () => {
    const packed = join(folder, 'packed', PROVIDER);
    mkdirSync(packed, { recursive: true });
    writeFileSync(join(packed, `terraform-provider-aws_${PROVIDER_VERSION}_${platform()}.zip`), '');
    expect(holdsProvider(join(folder, 'packed'))).toBe(true);
    expect(holdsProvider(mirrorAt(join(folder, 'unpacked')))).toBe(true);
    expect(holdsProvider(folder)).toBe(false);
  });

  test('is taken from the configured folder, else from Terraform’s own folders, else from other folders', () => {
    const found = mirrorAt(join(folder, 'opt', 'whatever'));
    const roots = [join(folder, 'opt')];
    expect(findPluginMirror(undefined, roots)).toBe(found);
    const implied = mirrorAt(join(folder, 'data', 'terraform', 'plugins'));
    expect(findPluginMirror(undefined, roots)).toBe(implied);
    expect(findPluginMirror('/named', roots)).toBe('/named');
  });

  test('is not used if it contains another version of the provider', () => {
    mkdirSync(join(folder, 'opt', 'old', PROVIDER, '5.99.0', platform()), { recursive: true });
    expect(findPluginMirror(undefined, [join(folder, 'opt'), join(folder, 'missing')])).toBeUndefined();
  });

  test('is reported with a remedy if the configured folder contains no provider', async () => {
    vi.stubEnv('CENTFLOW_TERRAFORM_PLUGINS', join(folder, 'empty'));
    await expect(findTerraform(folder)).rejects.toThrow(
      /CENTFLOW_TERRAFORM_PLUGINS names .*empty.*terraform providers mirror/,
    );
  });
});

describe('findTerraform', () => {
  function terraformThatSays(answer: string): void {
    writeFileSync(join(folder, 'terraform'), `#!/bin/sh\necho '${answer}'\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`);
    vi.stubEnv('CENTFLOW_TERRAFORM_PLUGINS', mirrorAt(join(folder, 'mirror')));
  }

  test('refuses a version that cannot lock a state in S3', async () => {
    terraformThatSays('{"terraform_version":"1.9.8"}');
    await expect(findTerraform(folder)).rejects.toThrow(
      'Terraform 1.9.8 is not supported. Install Terraform 1.11 or newer',
    );
  });

  test('reports that Terraform is missing', async () => {
    terraformThatSays('');
    vi.stubEnv('PATH', join(folder, 'nowhere'));
    await expect(findTerraform(folder)).rejects.toThrow('`terraform` did not run: it is not installed.');
  });

  test('ignores a missing configuration file and the variable TF_CLI_ARGS', async () => {
    terraformThatSays('{"terraform_version":"1.11.4"}');
    vi.stubEnv('TF_CLI_CONFIG_FILE', join(folder, 'gone'));
    vi.stubEnv('TF_CLI_ARGS_plan', '-destroy');
    const { environment } = await findTerraform(folder);
    expect(existsSync(environment.TF_CLI_CONFIG_FILE ?? '')).toBe(true);
    expect(environment).not.toHaveProperty('TF_CLI_ARGS_plan');
    expect(environment).toMatchObject({ CHECKPOINT_DISABLE: '1', TF_INPUT: '0' });
  });
});

describe('the error of a failed command', () => {
  const failed = { command: 'terraform plan', stack: 'dev-store', exitCode: 1, logFile: '/log' };

  test("contains Terraform's diagnostics without the box around them", () => {
    const diagnostics = '╷\n│ Error: Invalid index\n│ \n│   on cdk.tf.json line 3\n╵\n';
    expect(unframed(diagnostics)).toBe('Error: Invalid index\n\n  on cdk.tf.json line 3');
    const error = errorOf({ ...failed, diagnostics });
    expect(error.message).toContain('terraform plan of dev-store failed:\nError: Invalid index');
    expect(error.message).toContain('/log');
  });

  test('names the holder of the lock and the remedy, if the state is locked', () => {
    const diagnostics = [
      '╷',
      '│ Error: Error acquiring the state lock',
      '│ Lock Info:',
      '│   ID:        8b1d',
      '│   Who:       ann@laptop',
      '│   Created:   2026-01-02',
      '╵',
    ].join('\n');
    const error = errorOf({ ...failed, diagnostics });
    expect(error).toBeInstanceOf(StateLockedError);
    expect(error.message).toMatch(/Who: ann@laptop[\s\S]+force-unlock/);
  });

  test('names the command that creates the state bucket, if the bucket is missing', () => {
    const error = errorOf({ ...failed, diagnostics: 'Error: S3 bucket "centflow-state" does not exist.' });
    expect(error).toBeInstanceOf(StateBucketMissingError);
    expect(error.message).toContain('npm run infra -- bootstrap');
  });
});

describe('a plan', () => {
  function planOf(...actions: readonly Action[][]): Plan {
    return {
      errored: false,
      resource_changes: actions.map((of, index) => ({
        address: `aws_sqs_queue.q${index}`,
        mode: 'managed',
        type: 'aws_sqs_queue',
        name: `q${index}`,
        change: { actions: of, before: null, after: null, after_unknown: {} },
      })),
    };
  }

  test('is summarised by its actions', () => {
    expect(summaryOf(planOf(['create'], ['create'], ['delete', 'create'], ['no-op']))).toBe(
      '2 to create, 1 to replace',
    );
    expect(summaryOf(planOf(['no-op']))).toBe('nothing to do');
    expect(changesOf(planOf(['no-op'], ['update']))).toHaveLength(1);
  });

  test('counts as destroying if it contains a replacement', () => {
    expect(destroys(planOf(['create', 'delete']))).toBe(true);
    expect(destroys(planOf(['create'], ['update']))).toBe(false);
  });
});
