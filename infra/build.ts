/**
 * Run `node build.ts` to fill dist/artifacts with all files that `load`, `console` and `watch` deploy.
 *
 * The same sources give the same bytes, and each file is named by the hash of its bytes. A plan therefore shows exactly what has
 * changed.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rdsAuthorities } from '@centflow/lambda-kit/rds-authorities';
import { type Zippable, zipSync } from 'fflate';
import { ArtifactError, type ArtifactManifest, artifactsFolder } from './src/artifacts.ts';
import { readEnvironments } from './src/environments.ts';

const repository = resolve(import.meta.dirname, '..');

/** The folders and files that `turbo run build` creates. */
const sources = {
  trigger: join(repository, 'apps', 'trigger', 'dist'),
  migrator: join(repository, 'apps', 'migrator', 'dist'),
  canary: join(repository, 'apps', 'canary', 'dist'),
  console: join(repository, 'apps', 'console', 'dist', 'lambda'),
  web: join(repository, 'apps', 'console', 'dist', 'web'),
  wheels: join(repository, 'glue', 'dist', 'wheels'),
  job: join(repository, 'glue', 'job.py'),
};

/** The earliest time that a zip can store. fflate expects local time, so the bytes are the same in every time zone. */
const earliestZipTime = () => new Date(1980, 0, 1);
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/**
 * Builds all artifacts, and deletes the files of earlier builds from the folder.
 *
 * @throws {ArtifactError} a part has not been built.
 */
export async function buildArtifacts(folder = artifactsFolder): Promise<ArtifactManifest> {
  await mkdir(folder, { recursive: true });
  const put = async (stem: string, extension: string, content: Uint8Array): Promise<string> => {
    const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
    const name = `${stem}-${hash}${extension}`;
    // Does not overwrite an existing file: the file is complete, and another process may be reading the file.
    if (!existsSync(join(folder, name))) await writeAtomically(join(folder, name), content);
    return name;
  };
  const regions = [...new Set(readEnvironments().map(({ region }) => region))].sort();
  const authorities = regions.map(
    async (region) =>
      [region, await put(`authorities-${region}`, '.pem', Buffer.from(rdsAuthorities(region).join('\n')))] as const,
  );
  const manifest: ArtifactManifest = {
    trigger: await put('trigger', '.zip', await zipOf(sources.trigger, isDeployed)),
    migrator: await put('migrator', '.zip', await zipOf(sources.migrator, isDeployed)),
    canary: await put('canary', '.zip', await zipOf(sources.canary, isDeployed)),
    console: await put('console', '.zip', await zipOf(sources.console, isDeployed)),
    web: await convertFiles(sources.web, isPage, (content, name) => put('web', extname(name), content)),
    job: await put('job', '.py', await readFile(sources.job)),
    // Glue requires the extension `.gluewheels.zip`, and the folder `wheels/` inside the zip.
    wheels: await put('centflow', '.gluewheels.zip', await zipOf(sources.wheels, () => true, 'wheels/')),
    authorities: Object.fromEntries(await Promise.all(authorities)),
  };
  await writeManifest(folder, manifest);
  return manifest;
}

/** Excludes source maps, which are as large as the code. Stack traces name the functions even without source maps. */
function isDeployed(name: string): boolean {
  return !name.endsWith('.map');
}

/** Excludes the build's own notes, whose names begin with a dot. */
function isPage(name: string): boolean {
  return isDeployed(name) && !name.startsWith('.');
}

async function filesOf(folder: string, isIncluded: (name: string) => boolean): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter(isIncluded)
    .sort();
  if (names.length === 0) throw new ArtifactError(`${folder} contains nothing to deploy`);
  return names;
}

/** Converts each file. Returns the results, keyed by the file's path in the folder. */
async function convertFiles(
  folder: string,
  isIncluded: (name: string) => boolean,
  convert: (content: Uint8Array, name: string) => Promise<string>,
): Promise<Record<string, string>> {
  const converted: Record<string, string> = {};
  for (const name of await filesOf(folder, isIncluded)) {
    converted[name] = await convert(await readFile(join(folder, name)), name);
  }
  return converted;
}

async function zipOf(folder: string, isIncluded: (name: string) => boolean, prefix = ''): Promise<Uint8Array> {
  const names = await filesOf(folder, isIncluded);
  const zippable: Zippable = {};
  for (const name of names) {
    // A wheel is already a zip.
    const level = name.endsWith('.whl') ? 0 : 9;
    zippable[`${prefix}${name}`] = [await readFile(join(folder, name)), { level }];
  }
  return zipSync(zippable, { mtime: earliestZipTime(), os: UNIX, attrs: READABLE_FILE });
}

/** Writes a file atomically, so that no reader sees an incomplete file. */
async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

/** Replaces the manifest atomically, then deletes the files that the manifest does not name. */
async function writeManifest(folder: string, manifest: ArtifactManifest): Promise<void> {
  const file = join(folder, 'manifest.json');
  await writeAtomically(file, `${JSON.stringify(manifest, null, 2)}\n`);
  const named = new Set(['manifest.json', ...namesIn(manifest)]);
  for (const name of await readdir(folder)) if (!named.has(name)) await rm(join(folder, name), { recursive: true });
}

function namesIn({ authorities, web, ...others }: ArtifactManifest): string[] {
  return [authorities, web, others].flatMap((named) => Object.values<string>(named));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of namesIn(await buildArtifacts())) {
    const { size } = await stat(join(artifactsFolder, name));
    console.log(`${name}: ${Math.ceil(size / 1024)} KiB`);
  }
}
