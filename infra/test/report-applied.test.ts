/**
 * Applies the dashboard with the real provider to a server that records requests. The tests check what the provider sends to
 * QuickSight, and that a second plan shows no changes.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reportDefinition, theme } from '@centflow/reports/quicksight';
import { findTerraform } from '@centflow/terraform';
import { offlineEnvironment } from '@centflow/terraform/offline';
import { PROVIDER_VERSION } from '@centflow/terraform/plugin-mirror';
import { expect, test } from 'vitest';
import type { Environment } from '../src/environment.ts';
import { readEnvironment } from '../src/environments.ts';
import { startRecordedQuickSight } from '../src/testing/recorded-quicksight.ts';
import { type Attributes, ofType, synthesised } from '../src/testing/synthesised.ts';

const staging = readEnvironment('staging');
/** The applied resource types. The analysis has the same definition and is omitted, because each operation takes ten seconds. */
const drawn = ['terraform_data', 'aws_quicksight_theme', 'aws_quicksight_dashboard'];
const dataSetArn = (view: string) => `arn:aws:quicksight:eu-west-1:${staging.accountId}:dataset/${view}`;

/** Returns a configuration with the theme and dashboard of the stack. The ARNs of the data sets are invented. */
function stackOf(environment: Environment, endpoint: string): object {
  const resource: Record<string, Record<string, Attributes>> = {};
  for (const { type, id, attributes } of ofType(synthesised([environment]), ...drawn)) {
    const { '//': _, ...rest } = attributes;
    resource[type] = { ...resource[type], [id]: rest };
  }
  const references = /\$\{aws_(?:quicksight_data_set|cloudformation_stack)\.([a-z-]+)\.[^}]+\}/g;
  const text = JSON.stringify(resource).replaceAll(references, (_, id: string) => dataSetArn(id.replaceAll('-', '_')));
  // The provider does not validate the credentials, and sends requests only to the endpoint.
  const provider = {
    region: environment.region,
    access_key: 'none',
    secret_key: 'none',
    skip_credentials_validation: true,
    skip_requesting_account_id: true,
    skip_metadata_api_check: 'true',
    endpoints: [{ quicksight: endpoint }],
  };
  return {
    terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: PROVIDER_VERSION } } },
    provider: { aws: [provider] },
    resource: JSON.parse(text) as object,
  };
}

/** The members that the provider stores as sets and therefore sends in any order. */
const sets = new Set(['CalculatedFields', 'ParameterDeclarations', 'VisualIds']);

/** Returns one line for every leaf, with its path and its value. Ignores null and undefined. */
function linesOf(value: unknown, path = ''): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [`${path} = ${value}`];
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (Array.isArray(value) && sets.has(name)) return value.flatMap((each) => linesOf(each, `${path}.${nameOf(each)}`));
  return Object.entries(value).flatMap(([inner, each]) => linesOf(each, `${path}.${inner}`));
}

/** Returns a string that identifies a member of a set. */
function nameOf(member: unknown): string {
  return linesOf(member).sort().join(';');
}

test('the AWS provider sends the whole dashboard definition, plans no changes afterwards, and replaces a changed definition', {
  timeout: 1_200_000,
}, async ({ skip }) => {
  if (process.env.CENTFLOW_REQUIRE_TERRAFORM !== '1') {
    const reason = 'the provider takes two minutes: .ci/run does it, or CENTFLOW_REQUIRE_TERRAFORM=1';
    // JUnit reports cannot contain the reason of a skipped test, so the reason is printed.
    console.warn(`Skipped, nothing is sent to a QuickSight: ${reason}`);
    skip(reason);
  }
  const folder = mkdtempSync(join(tmpdir(), 'centflow-applied-'));
  try {
    const { environment } = await findTerraform(folder);
    await using quickSight = await startRecordedQuickSight(staging.accountId);
    const write = (of: Environment) =>
      writeFileSync(join(folder, 'main.tf.json'), JSON.stringify(stackOf(of, quickSight.url)));
    const terraform = async (...commands: string[]) =>
      (
        await promisify(execFile)('terraform', commands, {
          cwd: folder,
          env: { ...environment, ...offlineEnvironment },
          maxBuffer: 100 * 2 ** 20,
        })
      ).stdout;

    write(staging);
    await terraform('init', '-input=false');
    await terraform('apply', '-auto-approve', '-input=false', '-no-color');
    const definition = reportDefinition({ dataSetArn, currency: 'EUR' });
    const sent = quickSight.created('dashboards/centflow-staging-reports')?.Definition;
    expect(linesOf(sent).sort()).toEqual(linesOf(definition).sort());
    expect(quickSight.created('themes/centflow-staging-theme')?.Configuration).toEqual(theme);

    const changes = quickSight.changes.length;
    expect(await terraform('plan', '-input=false', '-no-color')).toContain('No changes.');
    expect(quickSight.changes).toHaveLength(changes);

    if (staging.report === null) throw new Error('staging reports');
    write({ ...staging, report: { ...staging.report, currency: 'USD' } });
    const plan = await terraform('plan', '-input=false', '-no-color', '-refresh=false');
    expect(plan).toMatch(/aws_quicksight_dashboard\.\w+ will be replaced due to changes in replace_triggered_by/);
    expect(plan).toContain('1 to add, 1 to change, 1 to destroy');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
