import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider/index.js';
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy/index.js';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { GithubRole } from '../constructs/github-role.ts';
import { expireOldVersions, PrivateBucket } from '../constructs/private-bucket.ts';
import { type Environment, EnvironmentError } from '../environment.ts';
import { bootstrapPrefixOf, deliveryBucketOf, stateBucketOf } from '../names.ts';
import { GITHUB_TOKENS, policyDocument } from '../policy/policy-document.ts';
import { limits, provisioningOf } from '../policy/provisioning/index.ts';
import { roleBoundary } from '../policy/role-boundary.ts';
import { keepState, useAccount } from './centflow-stack.ts';

/** Days that an overwritten state can be gone back to. */
const OLD_STATES_DAYS = 180;
/** Days that a plan of a pull request is kept: one that is older is made anew. */
const PLANS_DAYS = 90;

/**
 * What an account needs before any environment can be applied in it: once per account, and by its administrator. GitHub's
 * roles cannot change any of it.
 */
export class BootstrapStack extends TerraformStack {
  /**
   * @param environments those of one account.
   * @throws {EnvironmentError} they are in several regions, so the state would need as many buckets; they disagree about the
   *   account's OIDC provider; or one that protects its data is not alone.
   */
  constructor(scope: Construct, environments: readonly [Environment, ...Environment[]]) {
    const [first] = environments;
    refuseManyRegions(environments);
    refuseDisagreement(environments);
    refuseCompany(environments);
    super(scope, bootstrapStackName(first));
    useAccount(this, {
      ...first,
      tags: { Project: 'centflow', Stack: 'bootstrap', Repository: first.repository.name },
    });
    keepState(this, first, 'bootstrap.tfstate');

    const protect = environments.some(({ protectData }) => protectData);
    new PrivateBucket(this, 'state', {
      bucket: stateBucketOf(first),
      // Terraform's backend asks for S3's own key. No secret is in a state.
      keyArn: null,
      protect,
      lifecycle: [expireOldVersions('old-states', '', OLD_STATES_DAYS)],
    });
    new PrivateBucket(this, 'delivery', {
      bucket: deliveryBucketOf(first),
      // There before any environment, and its key.
      keyArn: null,
      protect,
      // Releases and the records of deployments stay: what is deployed, and what it can be rolled back to, is known by them.
      lifecycle: [{ ...expireOldVersions('plans', 'plans/', 1), expiration: [{ days: PLANS_DAYS }] }],
    });
    const providerArn = this.#githubOidcProvider(first);
    for (const environment of environments) {
      new IamPolicy(this, `boundary-${environment.name}`, {
        name: `${bootstrapPrefixOf(environment)}-boundary`,
        description: `The most that a role of ${environment.name} may do.`,
        policy: policyDocument(...roleBoundary(environment)),
      });
      for (const may of ['plan', 'apply'] as const) {
        new GithubRole(this, `${may}-${environment.name}`, {
          environment,
          providerArn,
          areas: provisioningOf(environment),
          may,
          limits: limits(environment),
        });
      }
    }
  }

  /**
   * The ARN of GitHub's OIDC provider. An account can have one of each URL, and its ARN follows from the URL:
   * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html. One that something else created
   * keeps its audiences and tags, because others rely on them.
   */
  #githubOidcProvider({ accountId, githubOidcProvider }: Environment): string {
    if (githubOidcProvider === 'existing') return `arn:aws:iam::${accountId}:oidc-provider/${GITHUB_TOKENS}`;
    return new IamOpenidConnectProvider(this, 'github', {
      url: `https://${GITHUB_TOKENS}`,
      clientIdList: ['sts.amazonaws.com'],
    }).arn;
  }
}

export function bootstrapStackName({ accountId }: Pick<Environment, 'accountId'>): string {
  return `bootstrap-${accountId}`;
}

function refuseManyRegions([first, ...others]: readonly [Environment, ...Environment[]]): void {
  const elsewhere = others.find(({ region }) => region !== first.region);
  if (elsewhere === undefined) return;
  throw new EnvironmentError(
    `Environments ${first.name} and ${elsewhere.name} share account ${first.accountId}, but are in ${first.region} and ${elsewhere.region}. Put them in one region or in two accounts, in infra/src/environments.ts.`,
  );
}

function refuseDisagreement([first, ...others]: readonly [Environment, ...Environment[]]): void {
  const other = others.find(({ githubOidcProvider }) => githubOidcProvider !== first.githubOidcProvider);
  if (other === undefined) return;
  throw new EnvironmentError(
    `Environments ${first.name} and ${other.name} share account ${first.accountId}, which has one OIDC provider of GitHub, but their githubOidcProvider is ${first.githubOidcProvider} and ${other.githubOidcProvider}. Set the same in both, in infra/src/environments.ts.`,
  );
}

/**
 * Inside one account the boundary of an environment's roles cannot tell the administrator's secrets of two databases apart,
 * which RDS names by an id, nor two keys. So whoever may change one environment could read the other.
 */
function refuseCompany(environments: readonly [Environment, ...Environment[]]): void {
  const kept = environments.find(({ protectData }) => protectData);
  const other = environments.find(({ name }) => name !== kept?.name);
  if (kept === undefined || other === undefined) return;
  throw new EnvironmentError(
    `Environment ${kept.name} keeps its data (protectData), but shares account ${kept.accountId} with ${other.name}, whose roles could read its administrator's password. Give ${kept.name} an account of its own, in infra/src/environments.ts.`,
  );
}
