import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestRepository } from '../testing/test-repository.ts';
import { readSource } from './source.ts';

describe('the version of a release', () => {
  let folder: string;
  let origin: TestRepository;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'centflow-source-test-'));
    origin = new TestRepository(join(folder, 'origin'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the number of commits on the main branch, and counts a merged branch once', async () => {
    origin.commit('one');
    origin.git('checkout', '--quiet', '-b', 'feature');
    origin.commit('two');
    origin.commit('three');
    origin.git('checkout', '--quiet', 'main');
    origin.git('merge', '--quiet', '--no-ff', '--message', 'Merge it', 'feature');
    expect(await readSource(origin.folder)).toEqual({ version: 'v2', commit: origin.git('rev-parse', 'HEAD') });
  });

  it('is also determined for a detached commit, as in a workflow', async () => {
    const first = origin.commit('one');
    origin.commit('two');
    origin.git('checkout', '--quiet', '--detach', first);
    expect(await readSource(origin.folder)).toEqual({ version: 'v1', commit: first });
  });

  it('is refused if a file was changed, added or removed since the commit, and the error names it', async () => {
    origin.commit('changed');
    origin.commit('gone');
    origin.write('changed', 'otherwise');
    origin.write('with blanks and ä', 'new');
    rmSync(join(origin.folder, 'gone'));
    await expect(readSource(origin.folder)).rejects.toThrow(
      'A release contains only committed files, but these have uncommitted changes: changed, gone, with blanks and ä. Commit them, or stash them with `git stash --include-untracked`.',
    );
  });

  it('ignores the files that git ignores, such as builds', async () => {
    origin.commit('.gitignore', 'dist\n');
    origin.write('dist', 'built');
    expect(await readSource(origin.folder)).toMatchObject({ version: 'v1' });
  });

  it('names only ten of many changed files', async () => {
    origin.commit('one');
    for (let index = 10; index < 25; index += 1) origin.write(`file-${index}`, '');
    await expect(readSource(origin.folder)).rejects.toThrow('file-18, file-19 and 5 others.');
  });

  it('is refused in a shallow clone, in which the number would be too small', async () => {
    for (const path of ['one', 'two', 'three']) origin.commit(path);
    const clone = join(folder, 'clone');
    origin.git('clone', '--quiet', '--depth=1', pathToFileURL(origin.folder).href, clone);
    await expect(readSource(clone)).rejects.toThrow(/is a shallow clone.*`git fetch --unshallow`.*`fetch-depth: 0`/);
  });

  it.each([
    ['a folder that is not a repository', () => folder, 'git cannot determine the commit'],
    ['a repository without a commit', () => origin.folder, 'git cannot determine the commit'],
  ])('is refused for %s', async (_, where, message) => {
    await expect(readSource(where())).rejects.toMatchObject({ name: 'ReleaseError' });
    await expect(readSource(where())).rejects.toThrow(message);
  });
});
