/**
 * The checks of checkov that fail on purpose, each with the reason.
 *
 * They stand here and not beside the resources because checkov reads no suppressions from Terraform's JSON (ADR 0011). A test
 * fails on a failed check without an entry, and on an entry that no failed check needs.
 */
export interface Suppression {
  /** checkov's id of the check. */
  readonly check: string;
  /** Which resources, as `<stack>/<type>.<name>`; for many checks the type reads `resource`. */
  readonly resources: readonly RegExp[];
  readonly reason: string;
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
  'Against a fault of Java’s Log4j: what comes in here is read by Node alone, and a rule costs 1 USD a month.';
const ownDomain =
  'CloudFront’s own certificate takes no other version; an environment with a domain of its own has TLSv1.2_2021 (a test).';

export const suppressions: readonly Suppression[] = [
  {
    check: 'CKV2_AWS_31',
    resources: [firewall],
    reason:
      'WAF keeps samples of what it refuses and counts all of it. A log would hold every request’s token and address, in another region.',
  },
  { check: 'CKV2_AWS_42', resources: distribution, reason: ownDomain },
  { check: 'CKV2_AWS_47', resources: distribution, reason: noJava },
  {
    check: 'CKV_AWS_124',
    resources: [/-report\/.*(row-level-rules_stack_|\.v-(spend-by-place|transactions)$)/],
    reason: 'Terraform makes the stack, waits for it and says what went wrong: nobody else changes it.',
  },
  { check: 'CKV_AWS_174', resources: distribution, reason: ownDomain },
  { check: 'CKV_AWS_192', resources: [firewall], reason: noJava },
  {
    check: 'CKV_AWS_259',
    resources: distribution,
    reason: 'All of it but `preload`, which is for whoever has the whole domain to decide.',
  },
  {
    check: 'CKV_AWS_309',
    resources: [/-console\/.*GET-api-config_/],
    reason: 'How to sign in is asked before anybody has. A test names it as the only one.',
  },
  {
    check: 'CKV_AWS_310',
    resources: distribution,
    reason: 'There is no second region to turn to: the database is in one, too.',
  },
  {
    check: 'CKV_AWS_374',
    resources: distribution,
    reason: 'People travel. Whose account it is says the token, not the country.',
  },
  {
    check: 'CKV_AWS_86',
    resources: distribution,
    reason:
      'The API’s access log tells of each request that matters, without query strings; CloudFront’s would hold those, and be another bucket.',
  },
  {
    check: 'CKV2_AWS_5',
    resources: [/-store\/aws_security_group\.groups_(job|migrator|reader|report)_/],
    reason: 'load, report, console and watch attach them: checkov sees one stack at a time.',
  },
  {
    check: 'CKV2_AWS_57',
    resources: [/-load\/aws_secretsmanager_secret\./],
    reason:
      'Rotation takes an ALTER USER, which the migrator does on demand (docs/runbook.md); the administrator’s secret is rotated by RDS.',
  },
  {
    check: 'CKV2_AWS_62',
    resources: [uploads],
    reason: 'load notifies the queue: checkov sees one stack at a time.',
  },
  {
    check: 'CKV2_AWS_62',
    resources: [artifacts, pages, ofAccount],
    reason: 'Only deployments write there; nobody waits for news of it.',
  },
  {
    check: 'CKV_AWS_115',
    resources: lambdas,
    reason:
      'The event source mapping limits the trigger, a lock the migrator, the API’s throttling the console, and the canary is asked by one deployment. A reserve would be taken from the account’s other functions, of which a new account has ten.',
  },
  {
    check: 'CKV_AWS_116',
    resources: lambdas,
    reason:
      'Nobody invokes them asynchronously: the trigger’s queue has a DLQ, the migrator’s failure fails the apply, the canary’s the promotion, and whoever asked the console is told.',
  },
  {
    check: 'CKV_AWS_117',
    resources: [/-load\/.*trigger_function_/, /-console\/.*operations_function_/],
    reason:
      'They call AWS and nothing of ours; inside the VPC they would need endpoints for Glue and more, at 8 USD a month each.',
  },
  {
    check: 'CKV_AWS_144',
    resources: [uploads, artifacts, pages, ofAccount],
    reason:
      'Versions protect from overwriting and deleting; a copy in a second region would double the storage to outlast the loss of a region, which the database does not either.',
  },
  {
    check: 'CKV_AWS_145',
    resources: [ofAccount],
    reason:
      'S3’s own keys encrypt them: neither states nor plans hold a secret, and with the loss of a key of ours all of them were lost.',
  },
  {
    check: 'CKV_AWS_145',
    resources: [pages],
    reason:
      'Everybody may read what is in it. With a key of ours CloudFront would have to be let use that, for everything.',
  },
  {
    check: 'CKV_AWS_157',
    resources: [/^(dev|staging)-store\/.*database_instance_/],
    reason: 'A property of the environment: production has a standby.',
  },
  {
    check: 'CKV_AWS_161',
    resources: [/-store\/.*database_instance_/],
    reason:
      'QuickSight cannot use IAM tokens; with secrets that rotate, the job and the migrator need no second way in.',
  },
  {
    check: 'CKV_AWS_18',
    resources: [uploads, artifacts, pages, ofAccount],
    reason:
      'Who read or wrote which object is told by CloudTrail’s data events, which an account has for all its buckets; access logs would be another bucket of people’s object keys.',
  },
  {
    check: 'CKV_AWS_24',
    resources: groupRules,
    reason: 'The rule’s source is a security group, not an address: checkov reads a rule without one as open to all.',
  },
  { check: 'CKV_AWS_25', resources: groupRules, reason: 'As CKV_AWS_24.' },
  { check: 'CKV_AWS_260', resources: groupRules, reason: 'As CKV_AWS_24.' },
  {
    check: 'CKV_AWS_272',
    resources: lambdas,
    reason: 'Code comes from a bucket that only deployments write, under the hash of its content.',
  },
  {
    check: 'CKV_AWS_293',
    resources: [/^dev-store\/.*database_instance_/],
    reason: 'A property of the environment: dev is made to be destroyed.',
  },
  {
    check: 'CKV_AWS_338',
    resources: [/^(dev|staging)-/],
    reason: 'A property of the environment: production keeps its logs for a year.',
  },
];
