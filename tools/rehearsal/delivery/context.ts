/** The context that all chapters of the delivery rehearsal share. */
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { GitHubStandIn } from '@centflow/delivery/github-stand-in';
import { type EnvironmentName, namesOf, readEnvironment, type StageName, stateBucketOf } from '@centflow/infra';
import { z } from 'zod';
import { type DeployedFlow, deployedFlow } from '../deployed-flow.ts';
import type { Steps } from '../steps.ts';
import type { Accounts } from './accounts.ts';
import type { Delivery } from './delivery.ts';
import type { DeveloperClone } from './developer-clone.ts';

export interface DeliveryContext {
  readonly steps: Steps;
  readonly accounts: Accounts;
  readonly gitHub: GitHubStandIn;
  /** Ann's clone. */
  readonly clone: DeveloperClone;
  readonly delivery: Delivery;
  readonly logFolder: string;
  /**
   * Whether new AWS calls of roles are added to the record. If false, a call that the record lacks fails the rehearsal.
   */
  readonly recordCalls: boolean;
}

/** Returns the bucket and the key of a stack's Terraform state. */
export function stateKeyOf(name: EnvironmentName, stage: StageName): { readonly bucket: string; readonly key: string } {
  return { bucket: stateBucketOf(readEnvironment(name)), key: `${name}/${stage}.tfstate` };
}

const state = z.object({
  serial: z.int(),
  outputs: z.record(z.string(), z.object({ value: z.unknown() })),
});

/** Reads the Terraform state of a stack. */
export async function stateOf(
  { accounts }: DeliveryContext,
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

/** Returns access to the uploads and the database of an environment. */
export async function flowOf(context: DeliveryContext, name: EnvironmentName): Promise<DeployedFlow> {
  const { outputs } = await stateOf(context, name, 'store');
  return deployedFlow(context.accounts[name], namesOf(readEnvironment(name)), outputs);
}
