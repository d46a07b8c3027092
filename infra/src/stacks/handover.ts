/**
 * What a stack tells the ones after it: outputs there, variables here, under the same names.
 *
 * The command that plans or applies hands them over (`terraform output` → `terraform.tfvars.json`). So a stack can be planned
 * without credentials for another's state, and nothing in a later stack can replace what an earlier one made.
 */
import { TerraformOutput, type TerraformStack, TerraformVariable } from 'cdktf';

/** What `store` tells `load`, `report`, `console` and `watch`, with an example of each for plans without an account. */
export const storeOutputs = {
  vpc_id: 'vpc-0123456789abcdef0',
  /** Subnet ids with commas between, one for each zone. */
  private_subnet_ids: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  job_security_group_id: 'sg-0123456789abcdef0',
  migrator_security_group_id: 'sg-0123456789abcdef1',
  report_security_group_id: 'sg-0123456789abcdef2',
  /** For functions that read the views. */
  reader_security_group_id: 'sg-0123456789abcdef3',
  kms_key_arn: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000',
  database_host: 'centflow-dev-database.abcdefghijkl.eu-west-1.rds.amazonaws.com',
  database_port: '3306',
  /** RDS made it, holds `username` and `password` of the administrator, and rotates it. */
  master_secret_arn:
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-00000000-0000-4000-8000-000000000000-abcdef',
} as const;

/** What `load` tells `report`, `console` and `watch`. */
export const loadOutputs = {
  reporter_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:centflow-dev/reporter-abcdef',
} as const;

/** What `console` tells `watch`, and people. */
export const consoleOutputs = {
  /** Where it is: `https://…`. */
  console_url: 'https://d0123456789abc.cloudfront.net',
  /** The HTTP API, as CloudWatch names it. */
  console_api_id: 'a0b1c2d3e4',
  /** Whose people it lets in. */
  user_pool_id: 'eu-west-1_abcdefghi',
} as const;

export type StoreOutput = keyof typeof storeOutputs;
export type LoadOutput = keyof typeof loadOutputs;
export type ConsoleOutput = keyof typeof consoleOutputs;

/** Says every output of a stack; one that is missing does not compile. */
export function handOver<Name extends string>(stack: TerraformStack, values: Readonly<Record<Name, string>>): void {
  for (const [name, value] of Object.entries<string>(values)) new TerraformOutput(stack, name, { value });
}

/** Takes some of an earlier stack's outputs, as variables of this one. */
export function takeOver<Name extends string>(stack: TerraformStack, ...names: readonly Name[]): Record<Name, string> {
  const taken = names.map((name) => [
    name,
    new TerraformVariable(stack, name, { type: 'string', nullable: false }).stringValue,
  ]);
  return Object.fromEntries(taken) as Record<Name, string>;
}

/** Who may vouch for the database: no stack's output, because RDS's own authorities come with the code. */
export function takeDatabaseCa(stack: TerraformStack): string {
  return new TerraformVariable(stack, 'database_ca', {
    type: 'string',
    default: '',
    nullable: false,
    description:
      "PEM of the authorities that may vouch for the database; empty: RDS's own. Only the rehearsal says others.",
  }).stringValue;
}
