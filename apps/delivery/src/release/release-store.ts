/**
 * Stores the releases of an account in its delivery bucket:
 *
 *   releases/<version>.json   the `release.json` of each, byte for byte
 *   blobs/<sha256>            every file of any release, stored once
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import pRetry from 'p-retry';
import { fillEmpty } from './empty-folder.ts';
import { openRelease, type Release } from './release.ts';
import { ReleaseError, UnknownReleaseError } from './release-error.ts';
import {
  digestOf,
  parseRecord,
  RECORD,
  type ReleaseFile,
  type ReleaseRecord,
  versionPattern,
} from './release-record.ts';
import { sideBySide } from './side-by-side.ts';

export { UnknownReleaseError } from './release-error.ts';

/** A release as the list of stored releases shows it. */
export interface KeptRelease {
  readonly version: string;
  readonly commit: string;
  readonly digest: string;
  readonly at: Date;
}

/** Number of parallel requests. */
const AT_ONCE = 4;
const RECORDS = 'releases/';
const recordKey = (version: string) => `${RECORDS}${version}.json`;
const blobKey = (sha256: string) => `blobs/${sha256}`;

interface KeptRecord extends ReleaseRecord {
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly at: Date;
}

export class ReleaseStore {
  readonly #s3: S3Client;
  readonly #bucket: string;

  /** @param bucket the account's delivery bucket */
  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
  }

  /**
   * Stores a release. If it is stored already, only restores missing blobs.
   *
   * @throws {ReleaseError} another release with this version is stored.
   */
  async publish({ version, digest, folder }: Release): Promise<void> {
    await this.#refuseAnother(version, digest);
    const bytes = await readFile(join(folder, RECORD));
    if (digestOf(bytes) !== digest) {
      throw new ReleaseError(`The ${RECORD} in ${folder} was changed after release ${version} was opened.`);
    }
    const { files } = parseRecord(bytes, join(folder, RECORD));
    await sideBySide(byContent(files).values(), AT_ONCE, async ([file]) => {
      if (!(await this.#has(blobKey(file.sha256), file.size))) await this.#put(folder, file);
    });
    await this.#keepRecord(version, digest, bytes);
  }

  /**
   * Fetches a release into a new or empty folder, and verifies every file.
   *
   * @throws {UnknownReleaseError} the release does not exist.
   * @throws {ReleaseError} the release is incomplete, or was changed.
   */
  async fetch(version: string, folder: string): Promise<Release> {
    const record = await this.#record(version);
    if (record === undefined) throw new UnknownReleaseError(version, this.#bucket);
    return await fillEmpty(folder, async () => {
      await sideBySide(byContent(record.files).values(), AT_ONCE, ([file, ...others]) =>
        this.#get(folder, version, file, others),
      );
      await writeFile(join(folder, RECORD), record.bytes);
      return await openRelease(folder, record.digest);
    });
  }

  /** Returns the stored releases, newest first. */
  async list(): Promise<KeptRelease[]> {
    const versions: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: this.#s3 },
      { Bucket: this.#bucket, Prefix: RECORDS },
    )) {
      versions.push(...Contents.map(({ Key = '' }) => Key.slice(RECORDS.length).replace(/\.json$/, '')));
    }
    const kept: KeptRelease[] = [];
    await sideBySide(versions, AT_ONCE, async (version) => {
      const record = await this.#record(version);
      if (record === undefined) return;
      const { commit, digest, at } = record;
      kept.push({ version, commit, digest, at });
    });
    return kept.sort((one, other) => Number(other.version.slice(1)) - Number(one.version.slice(1)));
  }

  async #record(version: string): Promise<KeptRecord | undefined> {
    if (!versionPattern.test(version)) return undefined;
    const Key = recordKey(version);
    const found = await unlessMissing(this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key })));
    if (found === undefined) return undefined;
    const bytes = (await found.Body?.transformToByteArray()) ?? new Uint8Array();
    const record = parseRecord(bytes, `s3://${this.#bucket}/${Key}`);
    if (record.version !== version) {
      throw new ReleaseError(
        `s3://${this.#bucket}/${Key} contains version ${record.version}. It was probably uploaded by hand.`,
      );
    }
    return { ...record, bytes, digest: digestOf(bytes), at: found.LastModified ?? new Date(0) };
  }

  async #refuseAnother(version: string, digest: string): Promise<boolean> {
    const kept = await this.#record(version);
    if (kept !== undefined && kept.digest !== digest) {
      throw new ReleaseError(
        `Release ${version} is already stored in ${this.#bucket}, from commit ${kept.commit} and with the digest ${kept.digest}, but this one has ${digest}. ` +
          'A release never changes. Build from the commit on the main branch, with the tool versions that it pins.',
      );
    }
    return kept !== undefined;
  }

  /**
   * Stores the record after all blobs. A conditional write detects another process that stores the same version at the
   * same time.
   */
  async #keepRecord(version: string, digest: string, bytes: Uint8Array): Promise<void> {
    if (await this.#refuseAnother(version, digest)) return;
    const record = {
      Bucket: this.#bucket,
      Key: recordKey(version),
      Body: bytes,
      ContentType: 'application/json',
      IfNoneMatch: '*',
    };
    try {
      await this.#s3.send(new PutObjectCommand(record));
    } catch (error) {
      if (!(error instanceof S3ServiceException && [409, 412].includes(error.$metadata.httpStatusCode ?? 0)))
        throw error;
      if (!(await this.#refuseAnother(version, digest))) throw error;
    }
  }

  async #has(Key: string, size: number): Promise<boolean> {
    const found = await unlessMissing(this.#s3.send(new HeadObjectCommand({ Bucket: this.#bucket, Key })));
    return found !== undefined && found.ContentLength === size;
  }

  async #put(folder: string, { path, sha256, size }: ReleaseFile): Promise<void> {
    // The client cannot resend a stream, so each attempt opens the file again.
    await pRetry(
      () =>
        this.#s3.send(
          new PutObjectCommand({
            Bucket: this.#bucket,
            Key: blobKey(sha256),
            Body: createReadStream(join(folder, path)),
            ContentLength: size,
            // S3 rejects content with another checksum.
            ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
          }),
        ),
      { retries: 2, shouldRetry: ({ error }) => isRetryable(error) },
    );
  }

  async #get(
    folder: string,
    version: string,
    { path, sha256 }: ReleaseFile,
    others: readonly ReleaseFile[],
  ): Promise<void> {
    const Key = blobKey(sha256);
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await pRetry(
      async () => {
        const found = await unlessMissing(this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key })));
        if (found === undefined) {
          throw new ReleaseError(
            `${path} of release ${version} is missing: s3://${this.#bucket}/${Key} does not exist. Deploy the release again from its commit to restore the file.`,
          );
        }
        await pipeline(found.Body as Readable, createWriteStream(target));
      },
      { retries: 2, shouldRetry: ({ error }) => isRetryable(error) },
    );
    for (const other of others) {
      await mkdir(dirname(join(folder, other.path)), { recursive: true });
      await copyFile(target, join(folder, other.path));
    }
  }
}

/** Groups the files of a release by content, because most environments share the same files. */
function byContent(files: readonly ReleaseFile[]): Map<string, [ReleaseFile, ...ReleaseFile[]]> {
  const groups = new Map<string, [ReleaseFile, ...ReleaseFile[]]>();
  for (const file of files) {
    const group = groups.get(file.sha256);
    if (group) group.push(file);
    else groups.set(file.sha256, [file]);
  }
  return groups;
}

/** Returns S3's response, or undefined if the object does not exist. */
async function unlessMissing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  return await answer.catch((error: unknown) => {
    if (error instanceof S3ServiceException && ['NoSuchKey', 'NotFound'].includes(error.name)) return undefined;
    throw error;
  });
}

/** Returns whether a retry may help, because the connection failed or S3 had an internal error. */
function isRetryable(error: Error): boolean {
  if (error instanceof ReleaseError) return false;
  return !(error instanceof S3ServiceException) || (error.$metadata.httpStatusCode ?? 500) >= 500;
}
