/** Connects to a deployed flow and its database, with the secrets that the migrator created. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { RunningFlow } from '@centflow/cli/flow-steps';
import { DATABASE_NAME, type Names } from '@centflow/infra';
import { withConnection } from '@centflow/local-stack/database';
import { z } from 'zod';
import type { Account } from './account.ts';

export interface DeployedFlow extends RunningFlow {
  readonly names: Names;
  readonly account: Account;
  /** The address of the database, and its certificate authority as PEM. */
  readonly database: { readonly host: string; readonly port: number; readonly authority: string };
  /** The secret that RDS created for the database's administrator. */
  readonly masterSecret: string;
}

const credentials = z.object({ username: z.string(), password: z.string() });
export type DatabaseCredentials = z.infer<typeof credentials>;

/** @param outputs the Terraform outputs of `store` */
export function deployedFlow(account: Account, names: Names, outputs: Readonly<Record<string, string>>): DeployedFlow {
  const database = {
    host: outputs.database_host ?? '',
    port: Number(outputs.database_port),
    authority: account.authority,
  };
  const masterSecret = outputs.master_secret_arn ?? '';
  const as =
    (secretId: string): RunningFlow['asReporter'] =>
    async (work) =>
      withConnection(urlOf(database, await readCredentials(account, secretId)), work, database.authority);
  return {
    names,
    account,
    database,
    masterSecret,
    clients: account.clients,
    bucket: names.uploadsBucket,
    queue: names.queue,
    deadLetterQueue: names.deadLetterQueue,
    trigger: names.trigger,
    job: names.job,
    asReporter: as(names.reporterSecret),
    asAdministrator: as(masterSecret),
  };
}

export async function readCredentials({ clients }: Account, secretId: string): Promise<DatabaseCredentials> {
  const { SecretString } = await clients.secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  return credentials.parse(JSON.parse(SecretString ?? '{}'));
}

export function urlOf({ host, port }: DeployedFlow['database'], { username, password }: DatabaseCredentials): string {
  return `mysql://${encodeURIComponent(username)}:${encodeURIComponent(password)}@${host}:${port}/${DATABASE_NAME}`;
}

const migratorAnswer = z.object({ applied: z.array(z.string()), rotated: z.array(z.string()) });

/** Invokes the migrator, as an operator does. */
export async function migrate(
  flow: DeployedFlow,
  event: { readonly rotate?: readonly string[] } = {},
): Promise<z.infer<typeof migratorAnswer>> {
  return migratorAnswer.parse(await invoke(flow, flow.names.migrator, event));
}

/** Invokes a function and returns its response. */
export async function invoke({ clients }: DeployedFlow, FunctionName: string, event: object): Promise<unknown> {
  const Payload = new TextEncoder().encode(JSON.stringify(event));
  const answer = await clients.lambda.send(new InvokeCommand({ FunctionName, Payload }));
  const text = new TextDecoder().decode(answer.Payload);
  if (answer.FunctionError !== undefined) throw new Error(`${FunctionName} failed: ${text}`);
  return JSON.parse(text);
}
