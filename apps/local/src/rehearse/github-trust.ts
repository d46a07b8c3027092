/**
 * The roles that `bootstrap` made for GitHub's workflows, asked for with tokens as GitHub gives them.
 *
 * The emulator compares what a token says with a role's trust; it does not check who signed it.
 */
import assert from 'node:assert/strict';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Environment, githubRoleOf } from '@centflow/infra';
import { clientConfiguration } from '../clients.ts';
import type { Account } from './account.ts';

/** A workflow in the environment takes them; one in another environment, branch or repository does not. */
export async function rolesTrustOneEnvironment(account: Account, environment: Environment): Promise<void> {
  const { name, repository } = environment;
  const subject = `repo:${repository}:environment:${name}`;
  const strangers = [
    `repo:${repository}:environment:${name}-2`,
    `repo:${repository}:ref:refs/heads/main`,
    `repo:${repository}:pull_request`,
    `repo:someone/else:environment:${name}`,
  ];
  // Nobody yet: the token alone speaks for the workflow.
  const nobody = { accessKeyId: 'nobody', secretAccessKey: 'nobody' };
  const sts = new STSClient(clientConfiguration(account.endpointUrl, nobody, account.authority));
  try {
    for (const may of ['plan', 'apply'] as const) {
      const take = (sub: string, aud = 'sts.amazonaws.com') =>
        sts.send(
          new AssumeRoleWithWebIdentityCommand({
            RoleArn: githubRoleOf(environment, may),
            RoleSessionName: 'GitHubActions',
            WebIdentityToken: tokenOf({ sub, aud }),
          }),
        );
      const { Credentials } = await take(subject);
      assert.ok(Credentials?.SessionToken);
      for (const stranger of strangers) await assert.rejects(take(stranger), /Not authorized/, stranger);
      await assert.rejects(take(subject, 'https://github.com/someone'), /Not authorized/);
    }
  } finally {
    sts.destroy();
  }
}

function tokenOf(claims: { readonly sub: string; readonly aud: string }): string {
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const issuer = { iss: 'https://token.actions.githubusercontent.com' };
  return [encode({ alg: 'none' }), encode({ ...issuer, ...claims }), ''].join('.');
}
