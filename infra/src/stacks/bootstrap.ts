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

/** Days for which an overwritten state can be restored. */
const OLD_STATES_DAYS = 180;
/** Days for which the plan of a pull request is kept. An expired plan must be created again. */
const PLANS_DAYS = 90;

/**
 * The stack with everything that an account needs before an environment can be applied. An administrator applies the stack once per
 * account. GitHub's roles cannot change its resources.
 */
export class BootstrapStack extends TerraformStack {
  /**
   * @param environments all environments of one account.
   * @throws {EnvironmentError} the environments are in several regions, which would need several state buckets; their values of
   *   `githubOidcProvider` differ; or an environment that protects its data shares the account.
   */
  constructor(scope: Construct, environments: readonly [Environment, ...Environment[]]) {
    const [first] = environments;
    rejectManyRegions(environments);
    rejectDifferentProviders(environments);
    rejectSharedProtection(environments);
    super(scope, bootstrapStackName(first));
    useAccount(this, {
      ...first,
      tags: { Project: 'centflow', Stack: 'bootstrap', Repository: first.repository.name },
    });
    keepState(this, first, 'bootstrap.tfstate');

    const protect = environments.some(({ protectData }) => protectData);
    new PrivateBucket(this, 'state', {
      bucket: stateBucketOf(first),
      // Terraform's backend encrypts states with S3's own key. States contain no secrets.
      keyArn: null,
      protect,
      lifecycle: [expireOldVersions('old-states', '', OLD_STATES_DAYS)],
    });
    new PrivateBucket(this, 'delivery', {
      bucket: deliveryBucketOf(first),
      // Uses S3's own key, because this bucket exists before any environment creates its key.
      keyArn: null,
      protect,
      // Releases and deployment records never expire, because they show what is deployed and enable a rollback.
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
   * Returns the ARN of GitHub's OIDC provider. An account can have one provider for each URL, and the URL determines the ARN:
   * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html. An existing provider keeps its
   * audiences and tags, because other projects rely on them.
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

function rejectManyRegions([first, ...others]: readonly [Environment, ...Environment[]]): void {
  const other = others.find(({ region }) => region !== first.region);
  if (other === undefined) return;
  throw new EnvironmentError(
    `Environments ${first.name} and ${other.name} share account ${first.accountId}, but are in ${first.region} and ${other.region}. Put them in one region or in two accounts, in infra/src/environments.ts.`,
  );
}

function rejectDifferentProviders([first, ...others]: readonly [Environment, ...Environment[]]): void {
  const other = others.find(({ githubOidcProvider }) => githubOidcProvider !== first.githubOidcProvider);
  if (other === undefined) return;
  throw new EnvironmentError(
    `Environments ${first.name} and ${other.name} share account ${first.accountId}, but their githubOidcProvider differs: ${first.githubOidcProvider} and ${other.githubOidcProvider}. An account has only one OIDC provider of GitHub. Set the same value in both, in infra/src/environments.ts.`,
  );
}

/**
 * Rejects an environment that protects its data but shares its account. RDS chooses the names of the administrators'
 * secrets. The boundary of an environment's roles therefore cannot distinguish the secrets of two databases. The
 * boundary cannot distinguish the keys of two environments either. A person who may change one environment could
 * therefore read the other.
 */
function rejectSharedProtection(environments: readonly [Environment, ...Environment[]]): void {
  const protectedOne = environments.find(({ protectData }) => protectData);
  const other = environments.find(({ name }) => name !== protectedOne?.name);
  if (protectedOne === undefined || other === undefined) return;
  throw new EnvironmentError(
    `Environment ${protectedOne.name} keeps its data (protectData), but shares account ${protectedOne.accountId} with ${other.name}, whose roles could read its administrator's password. Give ${protectedOne.name} a separate account, in infra/src/environments.ts.`,
  );
}
