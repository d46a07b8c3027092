/**
 * Records every deployment permanently as an object in the delivery bucket: release, environment, time, user and
 * outcome.
 */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { EnvironmentName } from '@centflow/infra';
import * as z from 'zod';
import type { Release } from '../release/release.ts';

/** Thrown if the records do not contain the required deployment, or if a record is not valid. */
export class DeploymentsError extends Error {
  override readonly name = 'DeploymentsError';
}

const schema = z.object({
  format: z.literal(1),
  kind: z.enum(['deploy', 'rollback']),
  version: z.string(),
  commit: z.string(),
  digest: z.string(),
  startedAt: z.iso.datetime(),
  /** The GitHub user, or the local user. */
  by: z.string(),
  /** The pull request whose plans were applied. */
  pullRequest: z.int().optional(),
  /** The reason why the deployment skipped the approval and the comparison with the reviewed plan. */
  breakGlass: z.string().optional(),
  /** The users who approved the deployment, if it needed an approval. */
  approvedBy: z.array(z.string()).optional(),
  outcome: z.enum(['running', 'applied', 'stopped']),
  endedAt: z.iso.datetime().optional(),
  /** The reason why the deployment stopped. */
  problem: z.string().optional(),
  canary: z
    .object({ passed: z.boolean(), at: z.iso.datetime(), seconds: z.number(), problem: z.string().optional() })
    .optional(),
});
export type DeploymentRecord = Readonly<z.infer<typeof schema>>;

export class Deployments {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #environment: EnvironmentName;

  constructor(s3: S3Client, bucket: string, environment: EnvironmentName) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#environment = environment;
  }

  /**
   * Runs `work` as a deployment, and records the start and the outcome.
   *
   * @throws the error of `work`, after it was recorded.
   */
  async during(
    { version, commit, digest }: Release,
    more: Pick<DeploymentRecord, 'kind' | 'pullRequest' | 'breakGlass' | 'approvedBy'>,
    work: () => Promise<void>,
  ): Promise<void> {
    const begun: DeploymentRecord = {
      format: 1,
      version,
      commit,
      digest,
      startedAt: new Date().toISOString(),
      by: process.env.GITHUB_ACTOR ?? process.env.USER ?? 'unknown',
      outcome: 'running',
      ...more,
    };
    await this.#put(begun);
    const end = (ended: Pick<DeploymentRecord, 'outcome' | 'problem'>) =>
      this.#put({ ...begun, ...ended, endedAt: new Date().toISOString() });
    try {
      await work();
    } catch (error) {
      await end({ outcome: 'stopped', problem: firstLines(error) });
      throw error;
    }
    await end({ outcome: 'applied' });
  }

  async noteCanary(deployed: DeploymentRecord, canary: NonNullable<DeploymentRecord['canary']>): Promise<void> {
    await this.#put({ ...deployed, canary });
  }

  /** Returns all records, newest first. */
  async list(): Promise<DeploymentRecord[]> {
    return await Promise.all((await this.#keys()).map((key) => this.#get(key)));
  }

  /** Returns the newest record with any outcome, or undefined if no record exists. */
  async newest(): Promise<DeploymentRecord | undefined> {
    const [key] = await this.#keys();
    return key === undefined ? undefined : await this.#get(key);
  }

  /**
   * Returns the record of the release that the environment has now.
   *
   * @throws {DeploymentsError} nothing was deployed, or the newest deployment has not ended successfully.
   */
  async current(): Promise<DeploymentRecord> {
    const newest = await this.newest();
    if (newest === undefined) {
      throw new DeploymentsError(
        `Nothing was deployed to ${this.#environment} yet. For the first deployment, see docs/delivery.md, "A new environment".`,
      );
    }
    if (newest.outcome !== 'applied') {
      throw new DeploymentsError(
        `The newest deployment of ${this.#environment}, ${newest.version} of ${newest.startedAt}, ${newest.outcome === 'stopped' ? `stopped half-way (${newest.problem})` : 'has not ended'}. ` +
          'The environment may contain parts of two releases. Deploy again or roll back, see docs/delivery.md.',
      );
    }
    return newest;
  }

  /**
   * Returns the newest earlier release whose canary passed, which is the target of a rollback.
   *
   * @throws {DeploymentsError} there is none.
   */
  async previous(): Promise<DeploymentRecord> {
    let present: string | undefined;
    for (const key of await this.#keys()) {
      const record = await this.#get(key);
      present ??= record.version;
      if (record.version !== present && record.outcome === 'applied' && record.canary?.passed === true) return record;
    }
    throw new DeploymentsError(
      `${this.#environment} has no earlier release whose canary passed, so a rollback is not possible. Fix the problem with a pull request.`,
    );
  }

  /** Returns the keys of all records, newest first. Each key starts with the time, so keys sort by time. */
  async #keys(): Promise<string[]> {
    const Prefix = `deployments/${this.#environment}/`;
    const keys: string[] = [];
    for (let token: string | undefined; ; ) {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix, ContinuationToken: token }),
      );
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
      token = page.NextContinuationToken;
      if (token === undefined) break;
    }
    return keys.sort().reverse();
  }

  async #put(record: DeploymentRecord): Promise<void> {
    const Key = `deployments/${this.#environment}/${record.startedAt}-${record.version}.json`;
    const Body = `${JSON.stringify(record, undefined, 2)}\n`;
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body, ContentType: 'application/json' }));
  }

  async #get(Key: string): Promise<DeploymentRecord> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
    const parsed = schema.safeParse(JSON.parse((await Body?.transformToString()) ?? 'null'));
    if (parsed.success) return parsed.data;
    throw new DeploymentsError(
      `s3://${this.#bucket}/${Key} is not a valid deployment record: ${z.prettifyError(parsed.error)}`,
    );
  }
}

function firstLines(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 3).join(' ');
}
