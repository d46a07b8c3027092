/** Creates the context of a rehearsal: an origin with the present work tree, and its checkouts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitHubStandIn } from '@centflow/delivery/github-stand-in';
import { type EnvironmentName, environmentNames } from '@centflow/infra';
import { repository, type ToolPaths } from '@centflow/local-processes/paths';
import { ignoredChanges } from '../faults.ts';
import type { Steps } from '../steps.ts';
import type { Accounts } from './accounts.ts';
import { Actions } from './actions.ts';
import { Checkout } from './checkout.ts';
import type { DeliveryContext } from './context.ts';
import { Delivery } from './delivery.ts';
import { DeveloperClone } from './developer-clone.ts';
import { makeOrigin } from './origin.ts';
import { adaptToEmulator } from './snapshot.ts';

export interface Checkouts {
  readonly clone: Checkout;
  /** The checkout for jobs without an environment. */
  readonly builder: Checkout;
  readonly runners: Readonly<Record<EnvironmentName, Checkout>>;
}

export interface CheckoutsOptions {
  readonly tools: ToolPaths;
  readonly folder: string;
  readonly logFolder: string;
  readonly signal?: AbortSignal;
}

/** Creates the origin from the present work tree, and its checkouts. Existing folders are kept. */
export async function makeCheckouts({ folder, logFolder, ...options }: CheckoutsOptions): Promise<Checkouts> {
  const origin = join(folder, 'origin.git');
  const isNew = await makeOrigin(origin, repository);
  const checkout = (name: string) =>
    Checkout.make({ ...options, origin, folder: join(folder, name), logFile: join(logFolder, `${name}.log`) });
  const clone = await checkout('clone');
  if (isNew) await adaptToEmulator(clone);
  const builder = checkout('builder');
  const runners = environmentNames.map(async (name) => [name, await checkout(`runner-${name}`)] as const);
  const checkedOut = Object.fromEntries(await Promise.all(runners)) as Checkouts['runners'];
  return { clone, builder: await builder, runners: checkedOut };
}

export interface ContextOptions {
  readonly steps: Steps;
  readonly accounts: Accounts;
  readonly gitHub: GitHubStandIn;
  readonly checkouts: Checkouts;
  /** The folder for the file of ignored changes and the files with the outputs of steps. */
  readonly folder: string;
  readonly logFolder: string;
  readonly recordCalls: boolean;
}

export function createContext({ checkouts, folder, ...context }: ContextOptions): DeliveryContext {
  const { accounts, gitHub } = context;
  mkdirSync(folder, { recursive: true });
  const ignored = join(folder, 'ignored-changes.json');
  writeFileSync(ignored, JSON.stringify(ignoredChanges()));
  const { clone, ...others } = checkouts;
  return {
    ...context,
    clone: new DeveloperClone(clone, gitHub),
    delivery: new Delivery({ actions: new Actions(gitHub, folder), accounts, ignoredChanges: ignored, ...others }),
  };
}
