/** Everything that the story of the delivery is about. */

import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { GitHubStandIn } from '@centflow/delivery/github-stand-in';
import { type EnvironmentName, namesOf, readEnvironment, type StageName, stateBucketOf } from '@centflow/infra';
import { z } from 'zod';
import { type DeployedFlow, deployedFlow } from '../deployed-flow.ts';
import type { Story } from '../story.ts';
import type { Accounts } from './accounts.ts';
import type { Delivery } from './delivery.ts';
import type { Desk } from './desk.ts';

export interface World {
  readonly story: Story;
  readonly accounts: Accounts;
  readonly gitHub: GitHubStandIn;
  /** Ann's clone. */
  readonly desk: Desk;
  readonly delivery: Delivery;
  readonly logFolder: string;
  /** Whether the calls of roles are added to the record, or compared with it. */
  readonly recordCalls: boolean;
}

/** Where Terraform keeps the state of a stack. */
export function stateKeyOf(name: EnvironmentName, stage: StageName): { readonly bucket: string; readonly key: string } {
  return { bucket: stateBucketOf(readEnvironment(name)), key: `${name}/${stage}.tfstate` };
}

const state = z.object({
  serial: z.int(),
  outputs: z.record(z.string(), z.object({ value: z.unknown() })),
});

/** Terraform's state of a stack. */
export async function stateOf(
  { accounts }: World,
  name: EnvironmentName,
  stage: StageName,
): Promise<{ readonly serial: number; readonly outputs: Readonly<Record<string, string>> }> {
  const { bucket, key } = stateKeyOf(name, stage);
  const { Body } = await accounts[name].clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const { serial, outputs } = state.parse(JSON.parse((await Body?.transformToString()) ?? ''));
  return {
    serial,
    outputs: Object.fromEntries(Object.entries(outputs).map(([output, { value }]) => [output, String(value)])),
  };
}

/** An environment as its uploads and its database see it. */
export async function flowOf(world: World, name: EnvironmentName): Promise<DeployedFlow> {
  const { outputs } = await stateOf(world, name, 'store');
  return deployedFlow(world.accounts[name], namesOf(readEnvironment(name)), outputs);
}
