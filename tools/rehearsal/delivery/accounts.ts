/** Starts one emulated AWS account for each environment. */
import { join } from 'node:path';
import { type EnvironmentName, environmentNames, readEnvironment } from '@centflow/infra';
import type { ToolPaths } from '@centflow/local-processes/paths';
import { type Account, startAccount } from '../account.ts';

export type Accounts = Readonly<Record<EnvironmentName, Account>>;

export interface AccountsOptions {
  readonly tools: ToolPaths;
  readonly folder: string;
  readonly logFolder: string;
}

/** Starts all accounts in parallel. If an account does not start, the other accounts are stopped. */
export async function startAccounts({ tools, folder, logFolder }: AccountsOptions): Promise<Accounts> {
  const starting = environmentNames.map(async (name) => {
    const { accountId, region } = readEnvironment(name);
    const own = { folder: join(folder, name), logFolder: join(logFolder, name) };
    return [name, await startAccount({ tools, accountId, region, ...own })] as const;
  });
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(started.map(([, account]) => account.stop()));
    throw failed.reason;
  }
  return Object.fromEntries(started) as Record<EnvironmentName, Account>;
}

export async function stopAccounts(accounts: Accounts): Promise<void> {
  await Promise.all(Object.values(accounts).map((account) => account.stop()));
}

/**
 * Returns the environment variables with which a runner accesses an account: endpoint, credentials, and certificate
 * authority.
 */
export function environmentOf({ environment }: Account): NodeJS.ProcessEnv {
  const authority = environment.AWS_CA_BUNDLE;
  return { ...environment, NODE_EXTRA_CA_CERTS: authority, CENTFLOW_DATABASE_CA: authority };
}
