import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { namesOf, roleBoundaryOf } from '../names.ts';
import { policyDocument, type Statement, trustService } from '../policy/policy-document.ts';

export interface ServiceRoleOptions {
  readonly environment: Environment;
  /** What it is for: the role is called `centflow-<environment>-<purpose>`. */
  readonly purpose: string;
  /** Who takes it: `lambda.amazonaws.com`. */
  readonly service: string;
  /** All that it may do; the boundary in policy/role-boundary.ts must hold the actions too. */
  readonly statements: readonly Statement[];
}

/** What an AWS service may do for us: a role for one service, held to the environment's boundary. */
export class ServiceRole extends Construct {
  readonly arn: string;
  readonly name: string;
  /** What uses the role depends on this, or AWS may try it before it may do anything. */
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, { environment, purpose, service, statements }: ServiceRoleOptions) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name: `${namesOf(environment).prefix}-${purpose}`,
      assumeRolePolicy: trustService(service, environment.accountId),
      permissionsBoundary: roleBoundaryOf(environment),
    });
    this.policy = new IamRolePolicy(this, 'policy', {
      name: purpose,
      role: role.name,
      policy: policyDocument(...statements),
    });
    this.arn = role.arn;
    this.name = role.name;
  }
}
