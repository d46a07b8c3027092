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
  /** A `plan` role may only read the environment. An `apply` role may also change it. */
  readonly may: 'plan' | 'apply';
  /** Deny statements for everything that the role may never do. */
  readonly limits: readonly Statement[];
}

/** A role for GitHub's workflows in one environment. */
export class GithubRole extends Construct {
  constructor(scope: Construct, id: string, { environment, providerArn, areas, may, limits }: GithubRoleOptions) {
    super(scope, id);
    const name = `${bootstrapPrefixOf(environment)}-${may}`;
    const role = new IamRole(this, 'role', {
      name,
      description: `GitHub's workflows ${may} the environment ${environment.name}.`,
      assumeRolePolicy: trustGithub(providerArn, githubSubjectOf(environment, may)),
      // Two hours for `apply`, because the creation of a database in two zones can take more than one hour.
      maxSessionDuration: may === 'apply' ? 7200 : 3600,
    });
    new IamRolePolicy(this, 'limits', { name: 'limits', role: role.name, policy: policyDocument(...limits) });
    // Uses managed policies, each of which may have 6,144 characters. All inline policies of a role together may have
    // only 10,240.
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
