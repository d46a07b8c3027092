import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { namesOf, roleBoundaryOf } from '../names.ts';
import { policyDocument, type Statement, trustService } from '../policy/policy-document.ts';

export interface ServiceRoleOptions {
  readonly environment: Environment;
  /** The last part of the role's name, `centflow-<environment>-<purpose>`. */
  readonly purpose: string;
  /** The service that assumes the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  /** All rights of the role. The boundary in policy/role-boundary.ts must also include the actions. */
  readonly statements: readonly Statement[];
}

/** A role for one AWS service. The environment's permissions boundary limits the role. */
export class ServiceRole extends Construct {
  readonly arn: string;
  readonly name: string;
  /** The role's policy. Resources that use the role must depend on the policy. Otherwise AWS may use the role without its rights. */
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
