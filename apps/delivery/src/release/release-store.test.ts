/** These tests use the S3 emulator, which checks conditions and checksums as AWS does. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../testing/emulator.ts';
import { type SmallRelease, writeSmallRelease } from '../testing/small-release.ts';
import { ReleaseStore } from './release-store.ts';

const job = 'stacks/dev-load/assets/job.zip';
const sameJob = 'stacks/staging-load/assets/job.zip';
const stack = 'stacks/dev-load/cdk.tf.json';

describe('the release store', () => {
  let emulator: Emulator;
  let folder: string;
  let store: ReleaseStore;
  let Bucket: string;
  let buckets = 0;
  const puts: string[] = [];

  beforeAll(async () => {
    emulator = await startEmulator();
    emulator.s3.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'PutObjectCommand') puts.push(String((args.input as { Key?: string }).Key));
        return await next(args);
      },
      { step: 'initialize' },
    );
  });
  afterAll(() => emulator?.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'centflow-store-test-'));
    buckets += 1;
    Bucket = `deliveries-${buckets}`;
    await emulator.s3.send(new CreateBucketCommand({ Bucket }));
    store = new ReleaseStore(emulator.s3, Bucket);
    puts.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  let folders = 0;
  const newFolder = () => {
    folders += 1;
    return join(folder, String(folders));
  };
  const write = (release: SmallRelease = {}) =>
    writeSmallRelease(newFolder(), { files: { [job]: 'job', [sameJob]: 'job', [stack]: '{}' }, ...release });
  const keys = async () => {
    const { Contents = [] } = await emulator.s3.send(new ListObjectsV2Command({ Bucket }));
    return Contents.map(({ Key }) => Key as string);
  };
  const blobs = async () => (await keys()).filter((key) => key.startsWith('blobs/'));

  it('returns a release byte for byte', async () => {
    const release = await write();
    await store.publish(release);
    const fetched = await store.fetch('v7', newFolder());
    expect(fetched).toEqual({ ...release, folder: fetched.folder });
    for (const path of [job, sameJob, stack, 'release.json']) {
      expect(readFileSync(join(fetched.folder, path)).equals(readFileSync(join(release.folder, path)))).toBe(true);
    }
  });

  it('stores a file only once if several stacks contain it', async () => {
    await store.publish(await write());
    expect(await keys()).toHaveLength(3);
    expect(await blobs()).toHaveLength(2);
    expect(puts).toHaveLength(3);
  });

  it('uploads only files that no earlier release contains', async () => {
    await store.publish(await write());
    puts.length = 0;
    await store.publish(await write({ version: 'v8', files: { [job]: 'job', [stack]: '{"more": 1}' } }));
    expect(puts.map((key) => key.split('/')[0]).sort()).toEqual(['blobs', 'releases']);
    expect(await blobs()).toHaveLength(3);
  });

  it('does nothing if the release is already stored', async () => {
    const release = await write();
    await store.publish(release);
    puts.length = 0;
    await store.publish(release);
    expect(puts).toEqual([]);
  });

  it('refuses another release of the same version, and does not change the stored release', async () => {
    const kept = await write();
    await store.publish(kept);
    const other = await write({ files: { [stack]: '{"other": 1}' } });
    await expect(store.publish(other)).rejects.toMatchObject({ name: 'ReleaseError' });
    await expect(store.publish(other)).rejects.toThrow(
      `Release v7 is already stored in ${Bucket}, from commit ${kept.commit} and with the digest ${kept.digest}, but this one has ${other.digest}.`,
    );
    expect(await store.fetch('v7', newFolder())).toMatchObject({ digest: kept.digest });
    expect(await blobs()).toHaveLength(2);
  });

  it('stores only one of two releases that are published simultaneously with the same version', async () => {
    const both = await Promise.all(['{"one": 1}', '{"two": 2}'].map((text) => write({ files: { [stack]: text } })));
    const outcomes = await Promise.allSettled(both.map((release) => store.publish(release)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const won = both[outcomes.findIndex(({ status }) => status === 'fulfilled')];
    expect(await store.fetch('v7', newFolder())).toMatchObject({ digest: won?.digest });
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'ReleaseError' } });
  });

  it('rejects a release whose files change during the upload, because S3 verifies their checksums', async () => {
    const release = await write();
    writeFileSync(join(release.folder, stack), '[]');
    await expect(store.publish(release)).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await store.list()).toEqual([]);
  });

  it('rejects a release whose record changes after it was opened', async () => {
    const release = await write();
    writeFileSync(join(release.folder, 'release.json'), '{}');
    await expect(store.publish(release)).rejects.toThrow('was changed after release v7 was opened');
    expect(await keys()).toEqual([]);
  });

  it('reports that a release is missing, and explains how to list the deployed releases', async () => {
    await expect(store.fetch('v99', newFolder())).rejects.toMatchObject({ name: 'UnknownReleaseError' });
    await expect(store.fetch('v99', newFolder())).rejects.toThrow(
      `There is no release v99 in ${Bucket}. \`npm run deliver -- history --environment <name>\` lists the deployed releases.`,
    );
  });

  it.each(['', '..', '../plans/dev', 'latest', 'v0', 'v1/../v2'])(
    'reports that the release %j does not exist',
    async (version) => {
      await expect(store.fetch(version, newFolder())).rejects.toMatchObject({ name: 'UnknownReleaseError' });
    },
  );

  it('refuses a release with a changed blob, and leaves the folder empty', async () => {
    await store.publish(await write());
    const [Key] = await blobs();
    await emulator.s3.send(new PutObjectCommand({ Bucket, Key, Body: 'xyz' }));
    const target = newFolder();
    await expect(store.fetch('v7', target)).rejects.toMatchObject({ name: 'ReleaseError' });
    expect(readdirSync(target)).toEqual([]);
  });

  it('reports a missing file by name, and restores the file when the release is published again', async () => {
    const release = await write();
    await store.publish(release);
    for (const Key of await blobs()) await emulator.s3.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(store.fetch('v7', newFolder())).rejects.toThrow(
      /of release v7 is missing: s3:\/\/deliveries-\d+\/blobs\/[0-9a-f]{64} does not exist\. Deploy the release again/,
    );
    await store.publish(release);
    expect(await store.fetch('v7', newFolder())).toMatchObject({ digest: release.digest });
  });

  it('refuses a release whose record contains another version', async () => {
    const { folder: written } = await write();
    const record = { Bucket, Key: 'releases/v8.json', Body: readFileSync(join(written, 'release.json')) };
    await emulator.s3.send(new PutObjectCommand(record));
    await expect(store.fetch('v8', newFolder())).rejects.toThrow(/releases\/v8\.json contains version v7/);
  });

  it('lists the releases with their times, newest first', async () => {
    for (const version of ['v9', 'v10', 'v8']) await store.publish(await write({ version }));
    const list = await store.list();
    expect(list.map(({ version }) => version)).toEqual(['v10', 'v9', 'v8']);
    const head = await emulator.s3.send(new HeadObjectCommand({ Bucket, Key: 'releases/v10.json' }));
    expect(list[0]).toEqual({
      version: 'v10',
      commit: expect.stringMatching(/^c0ffee0+$/),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: head.LastModified,
    });
  });

  it('returns an empty list if no release is stored', async () => {
    expect(await store.list()).toEqual([]);
  });
});
