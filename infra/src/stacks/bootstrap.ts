import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { keepState, useAccount } from './centflow-stack.ts';

/** What an account needs before any environment can be applied in it: once per account. */
export class BootstrapStack extends TerraformStack {
  /** @param environments those of one account; the first says in which region the state is. */
  constructor(scope: Construct, environments: readonly [Environment, ...Environment[]]) {
    const [first] = environments;
    super(scope, bootstrapStackName(first));
    useAccount(this, { ...first, tags: { Project: 'centflow', Stack: 'bootstrap', Repository: first.repository } });
    keepState(this, first, 'bootstrap.tfstate');
  }
}

export function bootstrapStackName({ accountId }: Pick<Environment, 'accountId'>): string {
  return `bootstrap-${accountId}`;
}
