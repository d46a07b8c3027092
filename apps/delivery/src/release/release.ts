/**
 * A release: everything that is deployed at one commit, in one folder, made once and never changed.
 *
 *   release.json       the version, the commit, and every file with its SHA-256
 *   stacks/<stack>/…   each environment's stacks as Terraform takes them, with the Lambdas and the job
 *   canary.json        what the canary uploads, and what it must then find
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Environment, readEnvironments, stackName, synthesise } from '@centflow/infra';
import { CANARY_PLAN, planCanary, renderCanaryPlan } from '../canary/canary-plan.ts';
import { stagesOf } from '../infra/deployment.ts';
import { fillEmpty } from './empty-folder.ts';
import { ReleaseError } from './release-error.ts';
import { digestOf, parseRecord, RECORD, type ReleaseFile, renderRecord } from './release-record.ts';
import { sideBySide } from './side-by-side.ts';
import { readSource } from './source.ts';

export { ReleaseError } from './release-error.ts';

export interface Release {
  /** `v128`: the number of commits on the way to it. */
  readonly version: string;
  readonly commit: string;
  /** SHA-256 of its `release.json`, hex: stands for every byte of it. */
  readonly digest: string;
  /** Where it lies on this machine. */
  readonly folder: string;
}

/** Files that are hashed at once. */
const AT_ONCE = 4;

/**
 * Makes the release of the commit that is checked out, of what has been built: the same commit gives the same bytes.
 *
 * @param repository the work tree
 * @param folder where to; new or empty
 * @throws {ReleaseError} the work tree is not as committed, or the folder is not empty.
 */
export async function makeRelease({ repository, folder }: { repository: string; folder: string }): Promise<Release> {
  const source = await readSource(repository);
  return await fillEmpty(folder, async () => {
    await synthesiseInto(folder, readEnvironments());
    await writeFile(join(folder, CANARY_PLAN), renderCanaryPlan(planCanary()));
    const record = Buffer.from(renderRecord({ ...source, files: await describeFiles(folder) }));
    // Last: a folder without it is no release.
    await writeFile(join(folder, RECORD), record);
    return { ...source, digest: digestOf(record), folder };
  });
}

/** Every stack but those that are applied once, by hand and with other rights. */
async function synthesiseInto(folder: string, environments: readonly Environment[]): Promise<void> {
  const synthesised = join(folder, '.synthesised');
  synthesise(environments, synthesised);
  await mkdir(join(folder, 'stacks'));
  for (const environment of environments) {
    for (const stage of stagesOf(environment)) {
      const stack = join('stacks', stackName(environment, stage));
      await rename(join(synthesised, stack), join(folder, stack));
    }
  }
  await rm(synthesised, { recursive: true });
}

/**
 * Opens a release that somebody made, and checks all of it.
 *
 * @param expectedDigest what its digest was when it was made
 * @throws {ReleaseError} a file is missing, changed or not of the release, or it is another release than expected.
 */
export async function openRelease(folder: string, expectedDigest?: string): Promise<Release> {
  const bytes = await readFile(join(folder, RECORD)).catch((cause) => {
    throw new ReleaseError(
      `${folder} holds no release: there is no ${RECORD}. \`npm run deliver -- release\` makes one.`,
      {
        cause,
      },
    );
  });
  const digest = digestOf(bytes);
  if (expectedDigest !== undefined && digest !== expectedDigest) {
    throw new ReleaseError(
      `The release in ${folder} has the digest ${digest}, and ${expectedDigest} was expected. It is another one, or was changed after it was made: deploy the one that was reviewed.`,
    );
  }
  const { version, commit, files } = parseRecord(bytes, join(folder, RECORD));
  await checkFiles(folder, version, files);
  return { version, commit, digest, folder };
}

async function checkFiles(folder: string, version: string, files: readonly ReleaseFile[]): Promise<void> {
  const said = new Map(files.map((file) => [file.path, file]));
  const found = new Set(await listFiles(folder));
  found.delete(RECORD);
  const altered = (path: string, what: string) =>
    new ReleaseError(
      `${path} of release ${version} ${what} (in ${folder}). Fetch the release again; never change one.`,
    );
  for (const path of said.keys()) if (!found.has(path)) throw altered(path, 'is missing');
  for (const path of found) if (!said.has(path)) throw altered(path, 'is no part of it');
  await sideBySide(files, AT_ONCE, async ({ path, sha256, size }) => {
    const { sha256: hash, size: length } = await describeFile(folder, path);
    if (length !== size || hash !== sha256) throw altered(path, 'is not what it was when the release was made');
  });
}

async function describeFiles(folder: string): Promise<ReleaseFile[]> {
  const files: ReleaseFile[] = [];
  await sideBySide(await listFiles(folder), AT_ONCE, async (path) => {
    files.push(await describeFile(folder, path));
  });
  return files;
}

async function describeFile(folder: string, path: string): Promise<ReleaseFile> {
  const file = join(folder, path);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { path, sha256: hash.digest('hex'), size: (await stat(file)).size };
}

/**
 * The files of a folder, with `/` between the parts of their paths.
 *
 * @throws {ReleaseError} there is something else than files in it, such as a link to elsewhere.
 */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (entry.isDirectory()) return [];
    if (!entry.isFile()) throw new ReleaseError(`${path} in ${folder} is no plain file: a release holds nothing else.`);
    return [path];
  });
}
