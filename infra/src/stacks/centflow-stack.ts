/** Defines the common parts of all stacks: a provider for one account, the location of the state, and tags. */
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { S3Backend, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { type Names, namesOf, stateBucketOf } from '../names.ts';

/** The stages, in the order in which they are applied. */
export const stageNames = ['store', 'load', 'report', 'console', 'watch'] as const;
/** The stages that an environment may omit, by setting its property of the same name to null. */
export const optionalStages = ['report', 'console'] as const satisfies readonly StageName[];
export type StageName = (typeof stageNames)[number];

/** Keeps a stack's state and its lock in the account's bucket. */
export function keepState(
  stack: TerraformStack,
  account: Pick<Environment, 'accountId' | 'region'>,
  key: string,
): void {
  new S3Backend(stack, {
    bucket: stateBucketOf(account),
    key,
    region: account.region,
    encrypt: true,
    useLockfile: true,
  });
}

export interface ProviderOptions extends Pick<Environment, 'accountId' | 'region'> {
  /** Tags of all resources of the stack. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Restricts a stack to one account and region. */
export function useAccount(stack: TerraformStack, { accountId, region, tags }: ProviderOptions): void {
  new AwsProvider(stack, 'aws', { region, allowedAccountIds: [accountId], defaultTags: [{ tags: { ...tags } }] });
}

/** Returns a provider for the stack's account in another region, for services that require that region. */
export function useRegion(stack: StageStack, { accountId }: Environment, region: string): AwsProvider {
  return new AwsProvider(stack, region, {
    alias: region,
    region,
    allowedAccountIds: [accountId],
    defaultTags: [{ tags: { ...stack.tags } }],
  });
}

/** The stack of one stage in one environment. Its name is `<environment>-<stage>`. */
export abstract class StageStack extends TerraformStack {
  readonly environment: Environment;
  readonly stage: StageName;
  readonly names: Names;
  /** Tags of all resources of the stack. */
  readonly tags: Readonly<Record<string, string>>;

  constructor(scope: Construct, stage: StageName, environment: Environment) {
    super(scope, stackName(environment, stage));
    this.environment = environment;
    this.stage = stage;
    this.names = namesOf(environment);
    this.tags = {
      Project: 'centflow',
      Environment: environment.name,
      Stack: stage,
      Repository: environment.repository.name,
    };
    useAccount(this, { ...environment, tags: this.tags });
    keepState(this, environment, `${environment.name}/${stage}.tfstate`);
  }
}

export function stackName(environment: Pick<Environment, 'name'>, stage: StageName): string {
  return `${environment.name}-${stage}`;
}
