/** Stores reviewed plans in the account's private bucket, because Terraform's plans contain secrets in plain text. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { EnvironmentName } from '@centflow/infra';
import * as z from 'zod';

/** Thrown if no reviewed plan exists for a stack. */
export class UnreviewedPlanError extends Error {
  override readonly name = 'UnreviewedPlanError';
}

/** Thrown if a stored plan does not match its recorded hash. */
export class AlteredPlanError extends Error {
  override readonly name = 'AlteredPlanError';
}

/** The record that is stored with a plan. */
const record = z.strictObject({
  format: z.literal(1),
  environment: z.string(),
  stack: z.string(),
  pullRequest: z.int().positive(),
  /** The newest commit of the pull request at the time of the plan. */
  head: z.string(),
  /** SHA-256 of the plan file, in hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  plannedAt: z.iso.datetime(),
});

/** A pull request at its reviewed commit. */
export interface Reviewed {
  readonly pullRequest: number;
  readonly head: string;
}

export class PlanStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #environment: EnvironmentName;

  /** @param bucket the delivery bucket of the environment's account */
  constructor(s3: S3Client, bucket: string, environment: EnvironmentName) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#environment = environment;
  }

  /**
   * Stores the plan of one stack. Overwrites an earlier plan of the same pull request. The bucket keeps the earlier
   * plan as a version.
   *
   * @returns the SHA-256 of the plan
   */
  async keep({ pullRequest, head }: Reviewed, stack: string, planFile: string): Promise<string> {
    const plan = await readFile(planFile);
    const sha256 = hashOf(plan);
    const text: z.infer<typeof record> = {
      format: 1,
      environment: this.#environment,
      stack,
      pullRequest,
      head,
      sha256,
      plannedAt: new Date().toISOString(),
    };
    const key = this.#key(pullRequest, stack);
    // Write the record last. A plan without a record is ignored, and a plan that does not match its record is rejected
    // as altered.
    await this.#put(`${key}.tfplan`, plan, 'application/octet-stream');
    await this.#put(`${key}.json`, `${JSON.stringify(text, undefined, 2)}\n`, 'application/json');
    return sha256;
  }

  /**
   * Fetches the reviewed plan of one stack into a file.
   *
   * @throws {UnreviewedPlanError} the plan does not exist, or was made from another commit of the pull request.
   * @throws {AlteredPlanError} the plan does not match its recorded hash.
   */
  async take({ pullRequest, head }: Reviewed, stack: string, planFile: string): Promise<void> {
    const key = this.#key(pullRequest, stack);
    const [text, plan] = await Promise.all([this.#get(`${key}.json`), this.#get(`${key}.tfplan`)]);
    if (text === undefined || plan === undefined) {
      throw new UnreviewedPlanError(
        `Pull request ${pullRequest} has no plan of ${stack}, so its changes have not been reviewed. ` +
          'Let plan.yml run on the pull request. Put a stack that could not be planned yet into a separate pull request, after the stack on which it depends.',
      );
    }
    const parsed = record.safeParse(parse(text));
    const found = parsed.data;
    if (
      found === undefined ||
      found.environment !== this.#environment ||
      found.stack !== stack ||
      found.pullRequest !== pullRequest ||
      found.sha256 !== hashOf(plan)
    ) {
      throw new AlteredPlanError(
        `The plan of ${stack} in s3://${this.#bucket}/${key}.tfplan is not the one that was stored for pull request ${pullRequest}: ` +
          'its SHA-256 is not the recorded one. Nothing was applied. Find out who wrote it (the bucket keeps its versions), then plan again.',
      );
    }
    if (found.head !== head) {
      throw new UnreviewedPlanError(
        `The plan of ${stack} was made from commit ${found.head}, but pull request ${pullRequest} was merged at ${head}. ` +
          'Commits after the plan have not been reviewed. Plan again and review the new plan.',
      );
    }
    await writeFile(planFile, plan, { mode: 0o600 });
  }

  #key(pullRequest: number, stack: string): string {
    return `plans/${this.#environment}/${pullRequest}/${stack}`;
  }

  async #put(Key: string, Body: string | Uint8Array, ContentType: string): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket: this.#bucket, Key, Body, ContentType }));
  }

  async #get(Key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parse(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return undefined;
  }
}
