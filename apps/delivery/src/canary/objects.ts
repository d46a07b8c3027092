/** The objects of one owner in the uploads bucket, by default the canary's: `raw/<feed>/owner=centflow-canary/…`. */
import { DeleteObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { CANARY_OWNER } from '@centflow/infra';

/** The prefix of users' uploads in the bucket. */
const RAW = 'raw/';

export class CanaryObjects {
  readonly bucket: string;
  readonly #s3: S3Client;
  readonly #folder: string;

  constructor(s3: S3Client, bucket: string, owner = CANARY_OWNER) {
    this.#s3 = s3;
    this.bucket = bucket;
    this.#folder = `owner=${owner}/`;
  }

  keyOf(feed: string, name: string): string {
    return `${RAW}${feed}/${this.#folder}${name}.csv`;
  }

  /** @returns the id of the new version */
  async put(key: string, csv: string, abortSignal: AbortSignal): Promise<string> {
    const { VersionId } = await this.#s3.send(
      new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: csv, ContentType: 'text/csv' }),
      { abortSignal },
    );
    return VersionId ?? 'null';
  }

  async delete(key: string, abortSignal: AbortSignal): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }), { abortSignal });
  }

  /** Returns the keys of all objects of the owner, including feeds that this release does not know. */
  async list(abortSignal: AbortSignal): Promise<string[]> {
    const keys: string[] = [];
    for (const feed of await this.#feeds(abortSignal)) {
      const pages = paginateListObjectsV2({ client: this.#s3 }, this.#below(`${feed}${this.#folder}`), { abortSignal });
      for await (const { Contents = [] } of pages) keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
    }
    return keys;
  }

  async #feeds(abortSignal: AbortSignal): Promise<string[]> {
    const prefixes: string[] = [];
    const pages = paginateListObjectsV2({ client: this.#s3 }, { ...this.#below(RAW), Delimiter: '/' }, { abortSignal });
    for await (const { CommonPrefixes = [] } of pages) {
      prefixes.push(...CommonPrefixes.flatMap(({ Prefix }) => Prefix ?? []));
    }
    return prefixes;
  }

  #below(Prefix: string) {
    return { Bucket: this.bucket, Prefix };
  }
}
