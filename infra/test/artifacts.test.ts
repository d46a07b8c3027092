/** Tests that every build creates artifacts with the same bytes. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildArtifacts } from '../build.ts';
import { type Artifact, type Artifacts, readArtifacts } from '../src/artifacts.ts';

let folder: string;
let built: Artifacts;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'centflow-artifacts-'));
  await buildArtifacts(join(folder, 'first'));
  built = readArtifacts(join(folder, 'first'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function all(): readonly Artifact[] {
  const { authorities, web, ...others } = built;
  return [...Object.values(others), ...Object.values(authorities), ...web];
}

async function namesIn(artifact: { readonly path: string }): Promise<string[]> {
  return Object.keys(unzipSync(await readFile(artifact.path)));
}

describe('buildArtifacts', () => {
  test('creates only the expected files, with the same bytes in every build and time zone', async () => {
    const zone = process.env.TZ;
    process.env.TZ = 'Pacific/Kiritimati';
    try {
      await buildArtifacts(join(folder, 'again'));
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    const names = (await readdir(join(folder, 'first'))).sort();
    expect((await readdir(join(folder, 'again'))).sort()).toEqual(names);
    for (const name of names) {
      const [first, again] = await Promise.all(['first', 'again'].map((build) => readFile(join(folder, build, name))));
      expect(again?.equals(first ?? Buffer.alloc(0)), name).toBe(true);
    }
    expect(names).toHaveLength(1 + new Set(all().map(({ name }) => name)).size);
  });

  test('names each file by the hash of its content', async () => {
    for (const { path, hash, name } of all()) {
      const digest = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      expect(digest.slice(0, 16), name).toBe(hash);
    }
  });

  test('packs each Lambda as one code file and its notices, and adds migrations to the migrator only', async () => {
    for (const lambda of [built.trigger, built.canary, built.console])
      expect(await namesIn(lambda)).toEqual(['index.mjs', 'third-party-notices.txt']);
    const names = await namesIn(built.migrator);
    expect(names).toEqual(expect.arrayContaining(['index.mjs', 'migrations/meta/_journal.json']));
    expect(names.filter((name) => !name.startsWith('migrations/'))).toEqual(['index.mjs', 'third-party-notices.txt']);
  });

  test('lists the console’s files by URL path, without source maps', () => {
    const keys = built.web.map(({ key }) => key);
    expect(keys).toContain('index.html');
    expect(keys).toContain('third-party-notices.txt');
    expect(keys.filter((key) => key.endsWith('.js') && key.startsWith('assets/'))).not.toEqual([]);
    expect(keys.filter((key) => key.endsWith('.map') || key.startsWith('/'))).toEqual([]);
  });

  test('packs the job’s wheels as Glue requires: in a folder, with the requirements, for any platform', async () => {
    const names = await namesIn(built.wheels);
    expect(built.wheels.name).toMatch(/\.gluewheels\.zip$/);
    expect(names.every((name) => /^wheels\/[^/]+$/.test(name))).toBe(true);
    const wheels = names.filter((name) => name.endsWith('.whl'));
    for (const name of wheels) expect(name).toMatch(/-none-any\.whl$/);

    const requirements = unzipSync(await readFile(built.wheels.path))['wheels/requirements.txt'] ?? new Uint8Array();
    const pins = Buffer.from(requirements).toString().trim().split('\n');
    expect(pins.map((pin) => `wheels/${pin.replace('==', '-').replaceAll('_', '-')}`).sort()).toEqual(
      wheels.map((name) => name.replaceAll('_', '-').replace(/-py[\d.py]*-none-any\.whl$/, '')).sort(),
    );
    // Glue provides all other packages that the job needs.
    expect(pins.map((pin) => pin.split('==')[0])).toEqual(['centflow-glue', 'pymysql']);
  });
});
