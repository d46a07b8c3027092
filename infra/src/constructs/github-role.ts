import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js';
import { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { bootstrapPrefixOf, githubSubjectOf } from '../names.ts';
import { policyDocument, type Statement, trustGithub } from '../policy/policy-document.ts';
import type { Area } from '../policy/provisioning/area.ts';

export interface GithubRoleOptions {
  readonly environment: Environment;
  readonly providerArn: string;
  readonly areas: readonly Area[];
  /** `plan` reads; `apply` also changes. */
  readonly may: 'plan' | 'apply';
  /** What it may never do. */
  readonly limits: readonly Statement[];
}

/** What GitHub's workflows may do in one environment. */
export class GithubRole extends Construct {
  constructor(scope: Construct, id: string, { environment, providerArn, areas, may, limits }: GithubRoleOptions) {
    super(scope, id);
    const name = `${bootstrapPrefixOf(environment)}-${may}`;
    const role = new IamRole(this, 'role', {
      name,
      description: `GitHub's workflows ${may} the environment ${environment.name}.`,
      assumeRolePolicy: trustGithub(providerArn, githubSubjectOf(environment, may)),
      // Two hours: a database in two zones may take more than one to make.
      maxSessionDuration: may === 'apply' ? 7200 : 3600,
    });
    new IamRolePolicy(this, 'limits', { name: 'limits', role: role.name, policy: policyDocument(...limits) });
    // Beside the role, because its own policies may have only 10,240 characters together; each may have 6,144.
    const does = may === 'plan' ? 'read' : 'change';
    for (const { name: area, read, write } of areas) {
      const policy = new IamPolicy(this, `${does}-${area}`, {
        name: `${name}-${area}`,
        description: `What Terraform ${does}s in ${environment.name}: ${area}.`,
        policy: policyDocument(...read, ...(may === 'plan' ? [] : write)),
      });
      new IamRolePolicyAttachment(this, `may-${does}-${area}`, { role: role.name, policyArn: policy.arn });
    }
  }
}
