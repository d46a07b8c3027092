/** The world before anything happens: an origin with our work tree, checkouts of it, and nobody's GitHub. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GitHubStandIn } from '@centflow/delivery/github-stand-in';
import { type EnvironmentName, environmentNames } from '@centflow/infra';
import { repository, type ToolPaths } from '@centflow/local-processes/paths';
import { ignoredChanges } from '../faults.ts';
import type { Story } from '../story.ts';
import type { Accounts } from './accounts.ts';
import { Actions } from './actions.ts';
import { Checkout } from './checkout.ts';
import { Delivery } from './delivery.ts';
import { Desk } from './desk.ts';
import { makeOrigin } from './origin.ts';
import { adaptToEmulator } from './snapshot.ts';
import type { World } from './world.ts';

export interface Checkouts {
  readonly desk: Checkout;
  /** Where jobs without an environment run. */
  readonly builder: Checkout;
  readonly runners: Readonly<Record<EnvironmentName, Checkout>>;
}

export interface CheckoutsOptions {
  readonly tools: ToolPaths;
  readonly folder: string;
  readonly logFolder: string;
  readonly signal?: AbortSignal;
}

/** Makes the origin of our work tree, and checks it out. What is there already stays as it is. */
export async function makeCheckouts({ folder, logFolder, ...options }: CheckoutsOptions): Promise<Checkouts> {
  const origin = join(folder, 'origin.git');
  const isNew = await makeOrigin(origin, repository);
  const checkout = (name: string) =>
    Checkout.make({ ...options, origin, folder: join(folder, name), logFile: join(logFolder, `${name}.log`) });
  const desk = await checkout('desk');
  if (isNew) await adaptToEmulator(desk);
  const builder = checkout('builder');
  const runners = environmentNames.map(async (name) => [name, await checkout(`runner-${name}`)] as const);
  const made = Object.fromEntries(await Promise.all(runners)) as Checkouts['runners'];
  return { desk, builder: await builder, runners: made };
}

export interface WorldOptions {
  readonly story: Story;
  readonly accounts: Accounts;
  readonly gitHub: GitHubStandIn;
  readonly checkouts: Checkouts;
  /** For small files. */
  readonly folder: string;
  readonly logFolder: string;
  readonly recordCalls: boolean;
}

export function openWorld({ checkouts, folder, ...world }: WorldOptions): World {
  const { accounts, gitHub } = world;
  mkdirSync(folder, { recursive: true });
  const ignored = join(folder, 'ignored-changes.json');
  writeFileSync(ignored, JSON.stringify(ignoredChanges()));
  const { desk, ...others } = checkouts;
  return {
    ...world,
    desk: new Desk(desk, gitHub),
    delivery: new Delivery({ actions: new Actions(gitHub, folder), accounts, ignoredChanges: ignored, ...others }),
  };
}
