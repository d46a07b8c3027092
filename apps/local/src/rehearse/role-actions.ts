/**
 * Whether GitHub's roles may do what Terraform did.
 *
 * The emulator could not let the roles do it themselves: of many actions it tells IAM neither the resource nor the tags. So
 * Terraform acts as the account's root, and what it called is looked up in the roles' policies, by the names of the actions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, githubRoleOf } from '@centflow/infra';

interface PolicyResource {
  readonly '//': { readonly metadata: { readonly path: string } };
  readonly policy: string;
}
interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: unknown;
  readonly Action: readonly string[];
}

/** Where the emulator names an action otherwise than IAM (Service Authorization Reference); null: it needs no right. */
const asIamNames: Readonly<Record<string, string | null>> = {
  'sts:GetCallerIdentity': null,
  'budgets:CreateBudget': 'budgets:ModifyBudget',
  'budgets:CreateNotification': 'budgets:ModifyBudget',
  'budgets:DeleteBudget': 'budgets:ModifyBudget',
  'budgets:DeleteNotification': 'budgets:ModifyBudget',
  'budgets:DescribeBudget': 'budgets:ViewBudget',
  'budgets:DescribeNotificationsForBudget': 'budgets:ViewBudget',
  'budgets:DescribeSubscribersForNotification': 'budgets:ViewBudget',
  // One call of the API, and two rights: the other is cloudfront:TagResource.
  'cloudfront:CreateDistributionWithTags': 'cloudfront:CreateDistribution',
  // Each request about a mapping, whether it lists them or reads one.
  'lambda:ListEventSourceMappings': 'lambda:GetEventSourceMapping',
};

/** The actions among `called` that no policy allows the role, whatever the resource. */
export function notAllowed(
  called: readonly string[],
  synthesised: string,
  environment: Environment,
  may: 'plan' | 'apply',
): string[] {
  const allowed = [
    ...policiesOf(synthesised, `bootstrap-${environment.accountId}`, ['aws_iam_role_policy', 'aws_iam_policy'])
      .filter((policy) => policy['//'].metadata.path.includes(`/${may}-${environment.name}/`))
      .flatMap(statementsOf),
    // The environment's key grants its own use.
    ...policiesOf(synthesised, `${environment.name}-store`, ['aws_kms_key'])
      .flatMap(statementsOf)
      .filter(({ Principal }) => JSON.stringify(Principal).includes(`"${githubRoleOf(environment, may)}"`)),
  ].flatMap(({ Action }) => Action);
  return called.filter((action) => {
    const named = asIamNames[action] === undefined ? action : asIamNames[action];
    return named !== null && !allowed.some((pattern) => matches(pattern, named));
  });
}

function policiesOf(synthesised: string, stack: string, types: readonly string[]): PolicyResource[] {
  const text = readFileSync(join(synthesised, 'stacks', stack, 'cdk.tf.json'), 'utf8');
  const { resource = {} } = JSON.parse(text) as { resource?: Record<string, Record<string, PolicyResource>> };
  return types.flatMap((type) => Object.values(resource[type] ?? {}));
}

function statementsOf({ policy }: PolicyResource): Statement[] {
  return (JSON.parse(policy) as { Statement: Statement[] }).Statement.filter(({ Effect }) => Effect === 'Allow');
}

/** IAM's actions are compared without regard to case, and `*` stands for anything. */
function matches(pattern: string, action: string): boolean {
  const literal = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`, 'i').test(action);
}
