/** Reads Terraform's states: the names, ids and ARNs of all deployed resources. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GetObjectCommand, HeadBucketCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { deliveryBucketOf, type Environment, type StageName, stackName, stateBucketOf } from '@centflow/infra';
import * as z from 'zod';
import { stagesOf } from '../infra/deployment.ts';
import type { Account } from './account.ts';
import { NotReadyError } from './errors.ts';

export type Attributes = Readonly<Record<string, unknown>>;

const stateFile = z.object({
  version: z.literal(4),
  outputs: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
  resources: z
    .array(
      z.object({
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z.array(
          z.object({ status: z.string().optional(), attributes: z.record(z.string(), z.unknown()).optional() }),
        ),
      }),
    )
    .default([]),
});
type StateFile = z.infer<typeof stateFile>;

/** All resources and outputs of an environment's stages. */
export class Deployed {
  readonly #states: ReadonlyMap<StageName, StateFile>;

  constructor(states: ReadonlyMap<StageName, StateFile>) {
    this.#states = states;
  }

  /** Returns the attributes of each resource of a type, in all stages. */
  all(type: string): Attributes[] {
    return [...this.#states.values()].flatMap(({ resources }): Attributes[] =>
      resources
        .filter((resource) => resource.mode === 'managed' && resource.type === type)
        .flatMap(({ instances }) =>
          instances.flatMap(({ attributes }): Attributes[] => (attributes === undefined ? [] : [attributes])),
        ),
    );
  }

  /** Returns the attributes of the only resource with this type and these attributes. */
  one(type: string, having: Attributes = {}): Attributes {
    const found = this.all(type).filter((attributes) =>
      Object.entries(having).every(([name, value]) => attributes[name] === value),
    );
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(
        `The Terraform states contain ${found.length} resources of type ${type} with ${JSON.stringify(having)}, but accept expects exactly one.`,
      );
    }
    return only;
  }

  /** Returns an output of a stage. */
  output(stage: StageName, name: string): string {
    return String(this.#states.get(stage)?.outputs[name]?.value ?? '');
  }

  /**
   * Compares the Terraform states with the stacks of a release.
   *
   * @throws {NotReadyError} a stage lacks resources, because its apply was interrupted or another release is deployed.
   */
  async refuseHalfDeployed({ name }: Pick<Environment, 'name'>, releaseFolder: string): Promise<void> {
    for (const [stage, { resources }] of this.#states) {
      const stack = stackName({ name }, stage);
      const json = JSON.parse(await readFile(join(releaseFolder, 'stacks', stack, 'cdk.tf.json'), 'utf8')) as {
        resource?: Record<string, Record<string, unknown>>;
      };
      const made = new Set(
        resources
          .filter(({ instances }) => instances.length > 0)
          .map((resource) => `${resource.type}.${resource.name}`),
      );
      const wanted = Object.entries(json.resource ?? {}).flatMap(([type, byId]) =>
        Object.keys(byId).map((id) => `${type}.${id}`),
      );
      const missing = wanted.filter((address) => !made.has(address));
      const tainted = resources.filter(({ instances }) => instances.some(({ status }) => status === 'tainted'));
      const broken = [...missing, ...tainted.map((resource) => `${resource.type}.${resource.name} (tainted)`)];
      if (broken.length === 0) continue;
      const shown = broken.slice(0, 3).join(', ');
      const more = broken.length > 3 ? ` and ${broken.length - 3} more` : '';
      throw new NotReadyError(
        `Stage ${stage} of ${name} is half deployed: ${shown}${more} ${broken.length === 1 ? 'is' : 'are'} missing or incomplete in its Terraform state. To finish the stage, run ${applyCommand(name, stage)}`,
      );
    }
  }
}

/**
 * Verifies the prerequisites of the checks, in the order of the steps of a first deployment.
 *
 * @throws {NotReadyError} a step is missing. The message names the first missing step.
 */
export async function findDeployed(
  { s3, sts }: Pick<Account, 's3' | 'sts'>,
  environment: Environment,
): Promise<Deployed> {
  await refuseOtherAccount(sts, environment);
  for (const bucket of [stateBucketOf(environment), deliveryBucketOf(environment)]) {
    await refuseMissingBucket(s3, bucket, environment);
  }
  const states = new Map<StageName, StateFile>();
  const missing: StageName[] = [];
  for (const stage of stagesOf(environment)) {
    const state = await readState(s3, environment, stage);
    if (state === undefined || !state.resources.some(({ mode }) => mode === 'managed')) missing.push(stage);
    else states.set(stage, state);
  }
  const [first] = missing;
  const { name, load } = environment;
  if (first === undefined) {
    if (!load.paused) return new Deployed(states);
    throw new NotReadyError(
      `${name} is paused (\`load.paused\`), so uploads would not be loaded. End the pause first (docs/runbook.md, "Pause").`,
    );
  }
  if (states.size === 0) {
    throw new NotReadyError(
      `${name} was never deployed: \`bootstrap\` is applied, but no stage after it. Continue with ${applyCommand(name, first)} (docs/runbook.md, "First deployment of a new account").`,
    );
  }
  const [verb, them] = missing.length === 1 ? ['is', 'it'] : ['are', 'them'];
  throw new NotReadyError(
    `${name} is half deployed: ${missing.join(', ')} ${verb} not applied. Apply ${them}, starting with ${applyCommand(name, first)}`,
  );
}

function applyCommand(environment: string, stage: StageName): string {
  return `\`npm run infra -- apply --environment ${environment} --stack ${stage}\``;
}

async function refuseOtherAccount(sts: Account['sts'], { name, accountId }: Environment): Promise<void> {
  let caller: string | undefined;
  try {
    caller = (await sts.send(new GetCallerIdentityCommand({}))).Account;
  } catch (error) {
    const { name: kind, message } = error as Error;
    const howTo = `Sign in to account ${accountId} as an administrator, for example with \`aws sso login --profile <profile>\` and \`export AWS_PROFILE=<profile>\`; \`aws sts get-caller-identity\` shows who you are.`;
    if (kind === 'CredentialsProviderError') throw new NotReadyError(`There are no AWS credentials. ${howTo}`);
    if (/Expired|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|AccessDenied/i.test(kind)) {
      throw new NotReadyError(`AWS does not accept the credentials (${kind}: ${message}). ${howTo}`);
    }
    throw error;
  }
  if (caller !== accountId) {
    throw new NotReadyError(
      `The credentials belong to account ${caller}, but ${name} is in account ${accountId} (infra/src/environments.ts). Sign in to ${accountId}, or correct the account id.`,
    );
  }
}

async function refuseMissingBucket(s3: Account['s3'], Bucket: string, { name }: Environment): Promise<void> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket }));
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const status = error.$metadata.httpStatusCode;
    if (status === 404) {
      throw new NotReadyError(
        `${name} was never deployed: the bucket ${Bucket} does not exist. Begin with \`npm run deliver -- check-github\` and \`npm run infra -- bootstrap --environment ${name}\` (docs/runbook.md, "First deployment of a new account").`,
      );
    }
    if (status === 403) {
      throw new NotReadyError(
        `The credentials may not read the bucket ${Bucket}. Run \`accept\` as an administrator of the account.`,
      );
    }
    throw error;
  }
}

async function readState(
  s3: Account['s3'],
  environment: Environment,
  stage: StageName,
): Promise<StateFile | undefined> {
  const Bucket = stateBucketOf(environment);
  const Key = `${environment.name}/${stage}.tfstate`;
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    const parsed = stateFile.safeParse(JSON.parse((await Body?.transformToString()) ?? 'null'));
    if (parsed.success) return parsed.data;
    throw new NotReadyError(
      `s3://${Bucket}/${Key} is not a Terraform state that this release can read: ${z.prettifyError(parsed.error)}. Use the release that deployed it.`,
    );
  } catch (error) {
    if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
    throw error;
  }
}
