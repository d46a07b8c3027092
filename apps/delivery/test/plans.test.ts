/** Validates and plans every stack of every environment with real Terraform and the real provider, without an AWS account. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironments } from '@centflow/infra/environments';
import { synthesise } from '@centflow/infra/synthesise';
import { type Action, findTerraform, type Plan, type Terraform, type WorkingDirectory } from '@centflow/terraform';
import { afterAll, describe, expect, test } from 'vitest';
import { Deployment, offline } from '../src/infra/deployment.ts';
import { judgePlan } from '../src/review/index.ts';
import { firstExemptions } from '../src/testing/first-exemptions.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-plans-'));
const synthesised = join(folder, 'synthesised');
const environments = readEnvironments();
synthesise(environments, synthesised);

afterAll(() => rmSync(folder, { recursive: true }));

const deploymentsOf = (terraform: Terraform) =>
  environments.map(
    (environment) =>
      new Deployment(environment, {
        terraform,
        folder,
        synthesised,
        ...offline,
        processEnvironment: {
          ...offline.processEnvironment,
          // All stacks share one provider, because an init for each would take a third of the time.
          TF_DATA_DIR: join(folder, 'terraform-data'),
          // Terraform collects garbage only above a gigabyte of memory. This saves a quarter of the CPU time:
          // https://go.dev/doc/gc-guide#Memory_limit.
          GOGC: 'off',
          GOMEMLIMIT: '1GiB',
        },
      }),
  );

/** Returns the stacks by name, with the provider installed, or the reason why they cannot be planned. */
async function findStacks(): Promise<Map<string, WorkingDirectory> | string> {
  try {
    const deployments = deploymentsOf(await findTerraform(folder));
    const stacks = deployments.flatMap((deployment) => [
      deployment.bootstrap(),
      ...deployment.stages.map((stage) => deployment.stage(stage)),
    ]);
    await stacks[0]?.init();
    return new Map(stacks.map((directory) => [directory.stack, directory]));
  } catch (error) {
    if (process.env.CENTFLOW_REQUIRE_TERRAFORM === '1') throw error;
    return (error as Error).message;
  }
}

const stacks = await findStacks();
if (typeof stacks === 'string') console.warn(`Skipped, no stack is planned: ${stacks}`);
const names = typeof stacks === 'string' ? ['every stack'] : [...stacks.keys()];

/** Matches the names of attributes and variables whose values are secret. */
const SECRET_NAME = /(password|passphrase|private_?key|secret_(string|binary|key)|token)$/i;
/** Matches values that look like a secret, such as an access key. */
const SECRET_VALUE = /\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^/\s:]+:[^/\s@]+@/;

/** Returns the paths of the secrets that a value contains in plain text. */
function secretsIn(value: unknown, path: string): string[] {
  if (typeof value === 'string') {
    // The unit of a token's lifetime is not a secret, although the path contains `token`.
    if (/\.token_validity_units\.\d+\.\w+$/.test(path)) return [];
    const name = path.slice(path.lastIndexOf('.') + 1);
    return (SECRET_NAME.test(name) && value !== '') || SECRET_VALUE.test(value) ? [path] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, `${path}.${name}`));
}

describe('the search for secrets in a plan', () => {
  test('finds secrets by the attribute name and by the form of the value', () => {
    const plan = {
      password: 'x',
      environment: { GITHUB_TOKEN: 'x' },
      url: 'mysql://a:b@host/',
      fine: { password: null },
    };
    expect(secretsIn(plan, 'r')).toEqual(['r.password', 'r.environment.GITHUB_TOKEN', 'r.url']);
    expect(secretsIn({ '--database-secret': 'centflow-dev/loader', manage_master_user_password: true }, 'r')).toEqual(
      [],
    );
  });
});

// Each provider process uses 0.8 GB of memory. The maxConcurrency of vitest limits how many processes run at once.
describe.concurrent('the first plan of every stack', () => {
  test.for(names)(
    'accepts %s, only creates resources, and contains no secret',
    { timeout: 300_000 },
    async (name, { expect, skip }) => {
      if (typeof stacks === 'string') return skip(stacks);
      const directory = stacks.get(name) as WorkingDirectory;
      directory.take(offline.variables);
      // Terraform validates the stack before it plans: https://developer.hashicorp.com/terraform/cli/commands/validate.
      await directory.plan({ refresh: false, lock: false });
      const plan = await directory.readPlan();
      expect(plan.errored).toBe(false);
      expect(destined(plan, 'create')).toEqual(plan.resource_changes?.map(({ address }) => address));
      expect(destined(plan, 'create').length).toBeGreaterThan(0);
      expect((plan.resource_changes ?? []).flatMap(({ address, change }) => secretsIn(change.after, address))).toEqual(
        [],
      );
      expect(exemptionsAskedOf(name, plan)).toEqual(firstExemptions(name));
    },
  );
});

/** Returns the rule and type of each resource that the plan policy refuses. The policy does not judge the bootstrap stack. */
function exemptionsAskedOf(stack: string, plan: Plan): string[] {
  const environment = environments.find((one) => stack.startsWith(`${one.name}-`));
  if (environment === undefined) return [];
  const { violations } = judgePlan(plan, { stack, accountId: environment.accountId, exemptions: [] });
  // All example outputs of other stacks contain the account of dev.
  const found = violations.filter(({ what }) => !what.startsWith('names another account'));
  return found.map(({ rule, address }) => `${rule} ${address.split('.')[0]}`).sort();
}

function destined(plan: Plan, action: Action): string[] {
  return (plan.resource_changes ?? [])
    .filter(({ change }) => change.actions.length === 1 && change.actions[0] === action)
    .map(({ address }) => address);
}
