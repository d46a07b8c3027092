/** The uploads of the checks, which belong to a separate owner and are deleted after the checks. */
import { randomBytes } from 'node:crypto';
import { ACCEPT_OWNER, type Environment, namesOf } from '@centflow/infra';
import { CanaryObjects } from '../canary/objects.ts';
import { type Observation, type ObservedUpload, observe } from '../canary/observer.ts';
import type { Account } from './account.ts';
import type { Pace } from './context.ts';

/** Glue needs one or two minutes to start a job run, and an earlier run may have to end first. */
const VISIBLE_WITHIN_SECONDS = 600;
const ANSWER_MS = 60_000;

/** The CSV of one expense. */
export const ONE_EXPENSE =
  'date,merchant,category,account,amount,currency,description\n2025-03-04,Bakery,Food,Card,4.20,EUR,accept\n';

export interface OwnUpload {
  readonly objectKey: string;
  readonly versionId: string;
  readonly at: Date;
}

export class OwnUploads {
  readonly #objects: CanaryObjects;
  readonly #lambda: Account['lambda'];
  readonly #functionName: string;
  readonly #pace: Pace;

  constructor({ s3, lambda }: Pick<Account, 's3' | 'lambda'>, environment: Environment, pace: Pace) {
    const { uploadsBucket, canary } = namesOf(environment);
    this.#objects = new CanaryObjects(s3, uploadsBucket, ACCEPT_OWNER);
    this.#lambda = lambda;
    this.#functionName = canary;
    this.#pace = pace;
  }

  /** Uploads one expense under a unique object key. */
  async put(purpose: string): Promise<OwnUpload> {
    const at = new Date();
    const objectKey = this.#objects.keyOf('expenses', `${purpose}-${randomBytes(6).toString('hex')}`);
    return { objectKey, versionId: await this.#objects.put(objectKey, ONE_EXPENSE, this.#signal()), at };
  }

  async delete({ objectKey }: Pick<OwnUpload, 'objectKey'>): Promise<void> {
    await this.#objects.delete(objectKey, this.#signal());
  }

  /** Waits until the upload is published. */
  async waitUntilPublished(upload: OwnUpload, withinSeconds = VISIBLE_WITHIN_SECONDS): Promise<ObservedUpload> {
    return await this.#pace.until(`${upload.objectKey} is published`, withinSeconds, async () => {
      const seen = (await this.look()).uploads.find(({ version_id }) => version_id === upload.versionId);
      if (seen?.state === 'rejected') throw new Error(`${upload.objectKey} was rejected: ${seen.reason}`);
      return seen?.state === 'published' ? seen : undefined;
    });
  }

  /** Uploads an expense, waits until it is published, and deletes it. */
  async show(purpose: string): Promise<{ readonly seconds: number }> {
    const upload = await this.put(purpose);
    try {
      await this.waitUntilPublished(upload);
      return { seconds: (Date.now() - upload.at.getTime()) / 1000 };
    } finally {
      await this.delete(upload);
    }
  }

  async look(): Promise<Observation> {
    return await observe(this.#lambda, {
      functionName: this.#functionName,
      owner: ACCEPT_OWNER,
      signal: this.#signal(),
    });
  }

  /**
   * Deletes every object of the owner, including the objects of an earlier command that was killed. Returns the number
   * of deleted objects.
   */
  async clean(): Promise<number> {
    const keys = await this.#objects.list(this.#signal());
    await Promise.all(keys.map((objectKey) => this.delete({ objectKey })));
    return keys.length;
  }

  #signal(): AbortSignal {
    return AbortSignal.timeout(ANSWER_MS);
  }
}
