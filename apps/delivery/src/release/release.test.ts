import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironments, stackName } from '@centflow/infra';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stagesOf } from '../infra/deployment.ts';
import { writeSmallRelease } from '../testing/small-release.ts';
import { TestRepository } from '../testing/test-repository.ts';
import { makeRelease, openRelease, type Release } from './release.ts';

const temporary = () => mkdtempSync(join(tmpdir(), 'centflow-release-test-'));

describe('a release', () => {
  let folder: string;
  let repository: TestRepository;
  let made: Release;
  beforeAll(async () => {
    folder = temporary();
    repository = new TestRepository(join(folder, 'repository'));
    repository.commit('one');
    repository.commit('two');
    made = await makeRelease({ repository: repository.folder, folder: join(folder, 'made') });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is named after its commit', () => {
    expect(made).toMatchObject({ version: 'v2', commit: repository.git('rev-parse', 'HEAD') });
  });

  it('has the same bytes in every build', async () => {
    const again = await makeRelease({ repository: repository.folder, folder: join(folder, 'again') });
    expect(again.digest).toBe(made.digest);
    const files = filesOf(made.folder);
    expect(filesOf(again.folder)).toEqual(files);
    for (const path of files) {
      const [one, other] = [made, again].map((release) => readFileSync(join(release.folder, path)));
      expect({ path, same: one?.equals(other as Buffer) }).toEqual({ path, same: true });
    }
  });

  it('contains the stacks of every environment, except stacks that are applied by hand', () => {
    const stacks = readEnvironments().flatMap((environment) =>
      stagesOf(environment).map((stage) => stackName(environment, stage)),
    );
    expect(readdirSync(join(made.folder, 'stacks')).sort()).toEqual(stacks.sort());
    expect(readdirSync(made.folder).sort()).toEqual(['canary.json', 'release.json', 'stacks']);
  });

  it('contains neither the time nor the path of the build', () => {
    const text = readFileSync(join(made.folder, 'release.json'), 'utf8');
    expect(Object.keys(JSON.parse(text))).toEqual(['format', 'version', 'commit', 'files']);
    expect(text).not.toContain(folder);
  });

  it('opens with the same values as when it was built', async () => {
    expect(await openRelease(made.folder)).toEqual(made);
    expect(await openRelease(made.folder, made.digest)).toEqual(made);
  });

  it('can be opened after it is copied to another folder', async () => {
    const copy = join(folder, 'copy');
    cpSync(made.folder, copy, { recursive: true });
    expect(await openRelease(copy, made.digest)).toEqual({ ...made, folder: copy });
  });

  it('is built only in an empty folder', async () => {
    await expect(makeRelease({ repository: repository.folder, folder: made.folder })).rejects.toThrow(
      /is not empty \(it contains canary\.json\)/,
    );
    expect(await openRelease(made.folder)).toEqual(made);
  });
});

describe('opening a release', () => {
  let folder: string;
  let release: Release;
  const stack = 'stacks/dev-load/cdk.tf.json';
  beforeEach(async () => {
    folder = temporary();
    release = await writeSmallRelease(folder, { files: { [stack]: '{"output": 1}', 'canary.json': '{}' } });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const rewrite = (change: (record: { format: number; files: { path: string }[] }) => void) => {
    const file = join(folder, 'release.json');
    const record = JSON.parse(readFileSync(file, 'utf8'));
    change(record);
    writeFileSync(file, JSON.stringify(record));
  };

  it.each([
    [
      'a file that was changed',
      () => writeFileSync(join(folder, stack), '{"output": 2}'),
      /dev-load\/cdk\.tf\.json of release v7 was changed after the release was built/,
    ],
    [
      'a file that is longer',
      () => writeFileSync(join(folder, stack), '{"output": 1} '),
      /was changed after the release was built/,
    ],
    ['a file that is missing', () => rmSync(join(folder, stack)), /dev-load\/cdk\.tf\.json of release v7 is missing/],
    [
      // Terraform would merge this override file into the stack.
      'an additional file',
      () => writeFileSync(join(folder, 'stacks/dev-load/x_override.tf.json'), '{}'),
      /x_override\.tf\.json of release v7 is not listed in its record/,
    ],
    [
      'a symbolic link to any target',
      () => symlinkSync(join(folder, 'canary.json'), join(folder, 'stacks/link')),
      /stacks\/link in .* is not a plain file/,
    ],
    [
      'a folder without a record',
      () => rmSync(join(folder, 'release.json')),
      /is not a release: it has no release\.json/,
    ],
    ['a record that is not JSON', () => writeFileSync(join(folder, 'release.json'), '{'), /release\.json is not JSON/],
    [
      'a record that is null',
      () => writeFileSync(join(folder, 'release.json'), 'null'),
      /is not a valid release record/,
    ],
    [
      'a record that names a file twice',
      () => rewrite(({ files }) => files.push(files[0] as { path: string })),
      /names a file twice/,
    ],
    [
      'a record with a later format',
      () => rewrite((record) => Object.assign(record, { format: 2 })),
      /has format 2, but this commit of Centflow reads only format 1/,
    ],
  ])('refuses %s', async (_, spoil, message) => {
    spoil();
    await expect(openRelease(folder)).rejects.toMatchObject({ name: 'ReleaseError' });
    await expect(openRelease(folder)).rejects.toThrow(message);
  });

  it.each([
    '../outside',
    'stacks/../../outside',
    '/etc/passwd',
    'stacks//x',
    './x',
    'a\\..\\b',
    '',
    '..',
    'release.json',
    'a\nb',
  ])('refuses a record that names %j', async (path) => {
    rewrite(({ files }) => Object.assign(files[0] as object, { path }));
    await expect(openRelease(folder)).rejects.toThrow('files.0.path: is not a plain path below the release');
  });

  it('refuses a release with an unexpected digest, and names both digests', async () => {
    const expected = 'a'.repeat(64);
    await expect(openRelease(folder, expected)).rejects.toThrow(
      `The release in ${folder} has the digest ${release.digest}, but ${expected} was expected.`,
    );
  });

  it('refuses a release if its record and files were both changed', async () => {
    rmSync(folder, { recursive: true });
    await writeSmallRelease(folder, { files: { [stack]: '{"output": 2}' } });
    await openRelease(folder);
    await expect(openRelease(folder, release.digest)).rejects.toThrow(`but ${release.digest} was expected`);
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
