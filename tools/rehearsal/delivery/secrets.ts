/** Reads the passwords of an environment. */
import { GetSecretValueCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import type { EnvironmentName } from '@centflow/infra';
import type { DeliveryContext } from './context.ts';

export async function secretsOf({ accounts }: DeliveryContext, environment: EnvironmentName): Promise<string[]> {
  const { secrets } = accounts[environment].clients;
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const passwords = SecretList.map(async ({ ARN }) => {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: ARN }));
    return (JSON.parse(SecretString ?? '{}') as { password?: string }).password ?? [];
  });
  return (await Promise.all(passwords)).flat();
}
