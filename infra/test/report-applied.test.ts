/** What the real provider sends to QuickSight, and whether it leaves it alone afterwards. The server only keeps what it is sent. */
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
/** Not the analysis too, of the same definition: the provider takes ten seconds for each thing that it does with one. */
const drawn = ['terraform_data', 'aws_quicksight_theme', 'aws_quicksight_dashboard'];
const dataSetArn = (view: string) => `arn:aws:quicksight:eu-west-1:${staging.accountId}:dataset/${view}`;

/** Theme and dashboard of the stack, over data sets that are said to be there. */
function stackOf(environment: Environment, endpoint: string): object {
  const resource: Record<string, Record<string, Attributes>> = {};
  for (const { type, id, attributes } of ofType(synthesised([environment]), ...drawn)) {
    const { '//': _, ...rest } = attributes;
    resource[type] = { ...resource[type], [id]: rest };
  }
  const references = /\$\{aws_(?:quicksight_data_set|cloudformation_stack)\.([a-z-]+)\.[^}]+\}/g;
  const text = JSON.stringify(resource).replaceAll(references, (_, id: string) => dataSetArn(id.replaceAll('-', '_')));
  // The provider believes its credentials, and asks nobody but the endpoint.
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

/** What the provider keeps as sets, and so sends in any order. */
const sets = new Set(['CalculatedFields', 'ParameterDeclarations', 'VisualIds']);

/** Every value with its place, a line each; what is empty says nothing. */
function linesOf(value: unknown, path = ''): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [`${path} = ${value}`];
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (Array.isArray(value) && sets.has(name)) return value.flatMap((each) => linesOf(each, `${path}.${nameOf(each)}`));
  return Object.entries(value).flatMap(([inner, each]) => linesOf(each, `${path}.${inner}`));
}

/** What tells a member of a set from the others. */
function nameOf(member: unknown): string {
  return linesOf(member).sort().join(';');
}

test('the provider sends the definition whole, leaves it alone, and replaces it when it changes', {
  timeout: 1_200_000,
}, async ({ skip }) => {
  if (process.env.CENTFLOW_REQUIRE_TERRAFORM !== '1') {
    const reason = 'the provider takes two minutes: .ci/run does it, or CENTFLOW_REQUIRE_TERRAFORM=1';
    // JUnit reports cannot hold the reason, so it is printed.
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
