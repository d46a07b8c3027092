/**
 * The values that a stack hands over to later stacks. Each value is an output of the earlier stack, and a variable with the same
 * name in the later stack.
 *
 * The command that plans or applies a stack copies the values (`terraform output` → `terraform.tfvars.json`). A stack
 * can therefore be planned without credentials for another stack's state, and a later stack cannot replace resources of
 * an earlier stack.
 */
import { TerraformOutput, type TerraformStack, TerraformVariable } from 'cdktf';

/** The outputs of `store` for `load`, `report`, `console` and `watch`, with example values for plans without an account. */
export const storeOutputs = {
  vpc_id: 'vpc-0123456789abcdef0',
  /** The subnet ids, separated by commas, one for each zone. */
  private_subnet_ids: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
  job_security_group_id: 'sg-0123456789abcdef0',
  migrator_security_group_id: 'sg-0123456789abcdef1',
  report_security_group_id: 'sg-0123456789abcdef2',
  /** The security group of the functions that read the views. */
  reader_security_group_id: 'sg-0123456789abcdef3',
  kms_key_arn: 'arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000',
  database_host: 'centflow-dev-database.abcdefghijkl.eu-west-1.rds.amazonaws.com',
  database_port: '3306',
  /** The ARN of the secret with the administrator's `username` and `password`. RDS creates and rotates the secret. */
  master_secret_arn:
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-00000000-0000-4000-8000-000000000000-abcdef',
} as const;

/** The outputs of `load` for `report`, `console` and `watch`. */
export const loadOutputs = {
  reporter_secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:centflow-dev/reporter-abcdef',
} as const;

/** The outputs of `console` for `watch` and for people. */
export const consoleOutputs = {
  /** The address of the console: `https://…`. */
  console_url: 'https://d0123456789abc.cloudfront.net',
  /** The id of the HTTP API, which CloudWatch's metrics use. */
  console_api_id: 'a0b1c2d3e4',
  /** The user pool of the console. */
  user_pool_id: 'eu-west-1_abcdefghi',
} as const;

export type StoreOutput = keyof typeof storeOutputs;
export type LoadOutput = keyof typeof loadOutputs;
export type ConsoleOutput = keyof typeof consoleOutputs;

/** Declares all outputs of a stack. A missing output is a compile error. */
export function handOver<Name extends string>(stack: TerraformStack, values: Readonly<Record<Name, string>>): void {
  for (const [name, value] of Object.entries<string>(values)) new TerraformOutput(stack, name, { value });
}

/** Declares variables for some outputs of an earlier stack, and returns references to them. */
export function takeOver<Name extends string>(stack: TerraformStack, ...names: readonly Name[]): Record<Name, string> {
  const references = names.map((name) => [
    name,
    new TerraformVariable(stack, name, { type: 'string', nullable: false }).stringValue,
  ]);
  return Object.fromEntries(references) as Record<Name, string>;
}

/**
 * Declares a variable with which the rehearsal replaces RDS's certificate authorities. No stack hands over such a value, because
 * the code includes RDS's certificate authorities.
 */
export function takeDatabaseCa(stack: TerraformStack): string {
  return new TerraformVariable(stack, 'database_ca', {
    type: 'string',
    default: '',
    nullable: false,
    description:
      "The database's certificate authorities in PEM format. If empty, RDS's own authorities apply. Only the rehearsal sets this variable.",
  }).stringValue;
}
