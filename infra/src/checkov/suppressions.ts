/**
 * The checkov checks that are allowed to fail, each with the reason.
 *
 * The suppressions are listed here and not beside the resources, because checkov reads no suppressions from
 * Terraform's JSON (ADR 0011). A test fails if a failed check has no entry here, or if an entry suppresses no failed
 * check.
 */
import type { Environment } from '../environment.ts';
import { readEnvironments } from '../environments.ts';

export interface Suppression {
  /** The id of the check in checkov. */
  readonly check: string;
  /** Patterns that match the resources, `<stack>/<type>.<name>`. For many checks, checkov reports the type as `resource`. */
  readonly resources: readonly RegExp[];
  readonly reason: string;
}

/**
 * Returns a pattern for the resources of some environments. `isMeant` selects the environments, and `rest` matches the
 * text after `<environment>-`.
 */
function inEnvironments(isMeant: (environment: Environment) => boolean, rest: string): RegExp {
  const names = readEnvironments()
    .filter(isMeant)
    .map(({ name }) => name);
  return new RegExp(`^(${names.join('|')})-${rest}`);
}

const lambdas = [/-(load|console|watch)\/.*_function_/];
const uploads = /-store\/.*uploads_bucket_/;
const artifacts = /-store\/.*artifacts_bucket_/;
const ofAccount = /^bootstrap-.*(state|delivery)_bucket_/;
const pages = /-console\/.*web_bucket_/;
const distribution = [/-console\/.*distribution_/];
const firewall = /-console\/.*firewall_acl_/;
const groupRules = [/-store\/.*groups_job-from-job_/, /-store\/.*groups_report-from-database_/];

const noJava =
  'The rule protects against a vulnerability in Java’s Log4j. Only Node.js reads these requests, and a rule costs 1 USD a month.';
const ownDomain =
  'With CloudFront’s own certificate, the minimum TLS version cannot be set. A test checks that a custom domain uses TLSv1.2_2021.';

export const suppressions: readonly Suppression[] = [
  {
    check: 'CKV2_AWS_31',
    resources: [firewall],
    reason:
      'WAF keeps samples of the requests that it blocks and counts all of them. A log would store every request’s token and address in another region.',
  },
  { check: 'CKV2_AWS_42', resources: distribution, reason: ownDomain },
  { check: 'CKV2_AWS_47', resources: distribution, reason: noJava },
  {
    check: 'CKV_AWS_124',
    resources: [/-report\/.*(row-level-rules_stack_|\.v-(spend-by-place|transactions)$)/],
    reason: 'Only Terraform changes the stack. It waits for the result and reports errors, so no topic is needed.',
  },
  { check: 'CKV_AWS_174', resources: distribution, reason: ownDomain },
  { check: 'CKV_AWS_192', resources: [firewall], reason: noJava },
  {
    check: 'CKV_AWS_259',
    resources: distribution,
    reason: 'All settings are on except `preload`, which is a decision for the owner of the whole domain.',
  },
  {
    check: 'CKV_AWS_309',
    resources: [/-console\/.*GET-api-config_/],
    reason:
      'Browsers request the sign-in settings before anybody has signed in. A test checks that no other route is open.',
  },
  {
    check: 'CKV_AWS_310',
    resources: distribution,
    reason: 'A failover needs a second region. The database and the API are in only one region.',
  },
  {
    check: 'CKV_AWS_374',
    resources: distribution,
    reason: 'People travel. The token identifies the account, not the country.',
  },
  {
    check: 'CKV_AWS_86',
    resources: distribution,
    reason:
      'The API’s access log records each request that matters, without query strings. CloudFront’s log would store query strings and need another bucket.',
  },
  {
    check: 'CKV2_AWS_5',
    resources: [/-store\/aws_security_group\.groups_(job|migrator|reader|report)_/],
    reason: 'The stacks load, report, console and watch attach these groups. checkov checks one stack at a time.',
  },
  {
    check: 'CKV2_AWS_57',
    resources: [/-load\/aws_secretsmanager_secret\./],
    reason:
      'A rotation must run ALTER USER, which the migrator does on demand (docs/runbook.md). RDS rotates the administrator’s secret.',
  },
  {
    check: 'CKV2_AWS_62',
    resources: [uploads],
    reason: 'The stack load configures the bucket’s notifications to the queue. checkov checks one stack at a time.',
  },
  {
    check: 'CKV2_AWS_62',
    resources: [artifacts, pages, ofAccount],
    reason: 'Only deployments write to these buckets, and no component needs a notification.',
  },
  {
    check: 'CKV_AWS_115',
    resources: lambdas,
    reason:
      'Other settings limit the concurrency: the event source mapping for the trigger, a lock for the migrator, and the API’s throttling for the console. Only one deployment at a time invokes the canary. Reserved concurrency would be unavailable to the account’s other functions. A new account has only ten concurrent executions.',
  },
  {
    check: 'CKV_AWS_116',
    resources: lambdas,
    reason:
      'No service invokes these functions asynchronously. The trigger’s queue has a DLQ, a failure of the migrator fails the apply, a failure of the canary fails the promotion, and the console’s callers get an error.',
  },
  {
    check: 'CKV_AWS_117',
    resources: [/-load\/.*trigger_function_/, /-console\/.*operations_function_/],
    reason:
      'These functions call only AWS. Inside the VPC, they would need endpoints for Glue and other services, at 8 USD a month each.',
  },
  {
    check: 'CKV_AWS_144',
    resources: [uploads, artifacts, pages, ofAccount],
    reason:
      'Versions protect against overwriting and deleting. A copy in a second region would double the storage, and would help only after the loss of a region. The database would then be lost anyway.',
  },
  {
    check: 'CKV_AWS_145',
    resources: [ofAccount],
    reason:
      'S3’s own keys encrypt these buckets. States and plans contain no secrets. If a KMS key were lost, all states would be lost.',
  },
  {
    check: 'CKV_AWS_145',
    resources: [pages],
    reason: 'The bucket’s content is public. With a KMS key, CloudFront would need a right on the key.',
  },
  {
    check: 'CKV_AWS_157',
    resources: [inEnvironments(({ database }) => !database.multiAz, 'store/.*database_instance_')],
    reason: 'The environment sets database.multiAz to false. Production has a standby.',
  },
  {
    check: 'CKV_AWS_161',
    resources: [/-store\/.*database_instance_/],
    reason:
      'QuickSight cannot use IAM tokens. The job and the migrator use secrets that rotate and need no second method.',
  },
  {
    check: 'CKV_AWS_18',
    resources: [uploads, artifacts, pages, ofAccount],
    reason:
      'CloudTrail’s data events record who read or wrote which object, for all buckets of an account. Access logs would need another bucket, and would store people’s object keys in that bucket.',
  },
  {
    check: 'CKV_AWS_24',
    resources: groupRules,
    reason: 'The rule’s source is a security group. checkov treats a rule without an address as open to everybody.',
  },
  { check: 'CKV_AWS_25', resources: groupRules, reason: 'As CKV_AWS_24.' },
  { check: 'CKV_AWS_260', resources: groupRules, reason: 'As CKV_AWS_24.' },
  {
    check: 'CKV_AWS_272',
    resources: lambdas,
    reason: 'The code comes from a bucket to which only deployments write, under the hash of its content.',
  },
  {
    check: 'CKV_AWS_293',
    resources: [inEnvironments(({ protectData }) => !protectData, 'store/.*database_instance_')],
    reason: 'The environment sets protectData to false, so that `destroy` can delete it.',
  },
  {
    check: 'CKV_AWS_338',
    resources: [inEnvironments(({ logRetentionDays }) => logRetentionDays < 365, '')],
    reason: 'The environment sets logRetentionDays below a year. Production keeps its logs for a year.',
  },
];
