/**
 * A release: a folder with everything that is deployed from one commit. It is built once and never changed.
 *
 *   release.json       the version, the commit, and every file with its SHA-256
 *   stacks/<stack>/…   each environment's stacks for Terraform, with the Lambda functions and the job
 *   canary.json        what the canary uploads, and the expected results
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
  /** Such as `v128`: the number of first-parent commits up to this one. */
  readonly version: string;
  readonly commit: string;
  /** SHA-256 of `release.json` in hexadecimal. It identifies every byte of the release. */
  readonly digest: string;
  /** The local folder of the release. */
  readonly folder: string;
}

/** Number of files that are hashed in parallel. */
const AT_ONCE = 4;

/**
 * Builds the release of the checked-out commit from the built artifacts. The same commit gives the same bytes.
 *
 * @param repository the work tree
 * @param folder a new or empty folder for the release
 * @throws {ReleaseError} the work tree has uncommitted changes, or the folder is not empty.
 */
export async function makeRelease({ repository, folder }: { repository: string; folder: string }): Promise<Release> {
  const source = await readSource(repository);
  return await fillEmpty(folder, async () => {
    await synthesiseInto(folder, readEnvironments());
    await writeFile(join(folder, CANARY_PLAN), renderCanaryPlan(planCanary()));
    const record = Buffer.from(renderRecord({ ...source, files: await describeFiles(folder) }));
    // Write the record last, because a folder without it does not count as a release.
    await writeFile(join(folder, RECORD), record);
    return { ...source, digest: digestOf(record), folder };
  });
}

/** Synthesises every stack except `bootstrap`, which an administrator applies once by hand. */
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
 * Opens an existing release, and verifies every file.
 *
 * @param expectedDigest the digest that was reported when the release was built
 * @throws {ReleaseError} a file is missing, changed or does not belong to the release, or the digest is not the expected one.
 */
export async function openRelease(folder: string, expectedDigest?: string): Promise<Release> {
  const bytes = await readFile(join(folder, RECORD)).catch((cause) => {
    throw new ReleaseError(
      `${folder} is not a release: it has no ${RECORD}. Build one with \`npm run deliver -- release\`.`,
      {
        cause,
      },
    );
  });
  const digest = digestOf(bytes);
  if (expectedDigest !== undefined && digest !== expectedDigest) {
    throw new ReleaseError(
      `The release in ${folder} has the digest ${digest}, but ${expectedDigest} was expected. It is another release, or was changed after it was built. Deploy the reviewed release.`,
    );
  }
  const { version, commit, files } = parseRecord(bytes, join(folder, RECORD));
  await checkFiles(folder, version, files);
  return { version, commit, digest, folder };
}

async function checkFiles(folder: string, version: string, files: readonly ReleaseFile[]): Promise<void> {
  const listed = new Map(files.map((file) => [file.path, file]));
  const found = new Set(await listFiles(folder));
  found.delete(RECORD);
  const altered = (path: string, what: string) =>
    new ReleaseError(
      `${path} of release ${version} ${what} (in ${folder}). Fetch the release again and do not change its files.`,
    );
  for (const path of listed.keys()) if (!found.has(path)) throw altered(path, 'is missing');
  for (const path of found) if (!listed.has(path)) throw altered(path, 'is not listed in its record');
  await sideBySide(files, AT_ONCE, async ({ path, sha256, size }) => {
    const { sha256: hash, size: length } = await describeFile(folder, path);
    if (length !== size || hash !== sha256) throw altered(path, 'was changed after the release was built');
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
 * Returns the paths of all files in a folder, with `/` as the separator.
 *
 * @throws {ReleaseError} the folder contains something other than plain files, such as a link.
 */
async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (entry.isDirectory()) return [];
    if (!entry.isFile())
      throw new ReleaseError(`${path} in ${folder} is not a plain file. A release contains only plain files.`);
    return [path];
  });
}
