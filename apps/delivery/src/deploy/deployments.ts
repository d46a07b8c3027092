/** What was deployed where, when, by whom and how it went: one object each in the delivery bucket, for good. */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { EnvironmentName } from '@centflow/infra';
import * as z from 'zod';
import type { Release } from '../release/release.ts';

/** The records do not say what is needed: nothing was deployed yet, or a record is not understood. */
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
  /** GitHub's user, or the one of this machine. */
  by: z.string(),
  /** The pull request whose plans were applied. */
  pullRequest: z.int().optional(),
  /** Why nothing was compared and nobody was asked. */
  breakGlass: z.string().optional(),
  /** Who approved it, where it needed that. */
  approvedBy: z.array(z.string()).optional(),
  outcome: z.enum(['running', 'applied', 'stopped']),
  endedAt: z.iso.datetime().optional(),
  /** Why it stopped. */
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
   * Notes that a deployment begins, and how its work ended.
   *
   * @throws whatever the work throws, once that is noted.
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

  /** All records, the newest first. */
  async list(): Promise<DeploymentRecord[]> {
    return await Promise.all((await this.#keys()).map((key) => this.#get(key)));
  }

  /** The newest record, however it ended; undefined: there is none. */
  async newest(): Promise<DeploymentRecord | undefined> {
    const [key] = await this.#keys();
    return key === undefined ? undefined : await this.#get(key);
  }

  /**
   * What the environment has now.
   *
   * @throws {DeploymentsError} nothing, or nobody knows: the newest deployment stopped half-way.
   */
  async current(): Promise<DeploymentRecord> {
    const newest = await this.newest();
    if (newest === undefined) {
      throw new DeploymentsError(
        `Nothing was deployed to ${this.#environment} yet. The first deployment: docs/delivery.md, "A new environment".`,
      );
    }
    if (newest.outcome !== 'applied') {
      throw new DeploymentsError(
        `The newest deployment of ${this.#environment}, ${newest.version} of ${newest.startedAt}, ${newest.outcome === 'stopped' ? `stopped half-way (${newest.problem})` : 'has not ended'}: ` +
          'so it has neither release whole. Deploy it again, or roll back: docs/delivery.md.',
      );
    }
    return newest;
  }

  /**
   * What can be gone back to: the newest release before the present one whose canary passed.
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
      `${this.#environment} has had no other release whose canary passed: there is nothing to go back to. Mend it by a pull request.`,
    );
  }

  /** Of all records, the newest first: they begin with the time. */
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
    throw new DeploymentsError(`s3://${this.#bucket}/${Key} is not understood: ${z.prettifyError(parsed.error)}`);
  }
}

function firstLines(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 3).join(' ');
}
