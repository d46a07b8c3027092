/**
 * The files to deploy, as `turbo run build` creates them. Each file name contains the hash of the content, so that a deployment
 * changes only the files that differ.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** The folder to which build.ts writes. */
export const artifactsFolder = join(import.meta.dirname, '..', 'dist', 'artifacts');

/** One file to deploy. */
export interface Artifact {
  /** The file name with the hash: `trigger-0123456789abcdef.zip`. */
  readonly name: string;
  /** The path of the file on this machine. */
  readonly path: string;
  /** The hash that the file name contains. */
  readonly hash: string;
}

/** One file of the console's pages. */
export interface WebFile extends Artifact {
  /** The path of the file in the URL, without the first slash: `assets/index-Bx3k.js`. */
  readonly key: string;
}

export interface Artifacts {
  readonly trigger: Artifact;
  readonly migrator: Artifact;
  readonly canary: Artifact;
  /** The console's API. */
  readonly console: Artifact;
  /** The console's pages. */
  readonly web: readonly WebFile[];
  /** The script that Glue runs. */
  readonly job: Artifact;
  /** A zip of wheels with the packages that the script imports: Centflow's own, and those that Glue does not provide. */
  readonly wheels: Artifact;
  /** The certificate authorities of RDS in PEM format, by region. */
  readonly authorities: Readonly<Record<string, Artifact>>;
}

/** Thrown if artifacts are missing or incomplete. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';

  constructor(problem: string) {
    super(`${problem}. Run \`npm run build\`, which builds the artifacts.`);
  }
}

const fileName = z.string().regex(/^[\w-]+-[0-9a-f]{16}(\.\w+)+$/);

/** The manifest, which build.ts writes last. */
export const artifactManifest = z.strictObject({
  trigger: fileName,
  migrator: fileName,
  canary: fileName,
  console: fileName,
  /** The file names, keyed by URL path. */
  web: z.record(z.string().regex(/^[\w@-][\w@./-]*$/), fileName),
  job: fileName,
  wheels: fileName,
  authorities: z.record(z.string(), fileName),
});
export type ArtifactManifest = z.infer<typeof artifactManifest>;

/**
 * Reads the artifacts of the last build.
 *
 * @throws {ArtifactError} artifacts are missing or incomplete. The message names the command to run.
 */
export function readArtifacts(folder = artifactsFolder): Artifacts {
  const manifest = readManifest(join(folder, 'manifest.json'));
  const artifact = (name: string): Artifact => {
    const path = join(folder, name);
    if (!existsSync(path)) throw new ArtifactError(`${path} is missing`);
    return { name, path, hash: /-([0-9a-f]{16})\./.exec(name)?.[1] as string };
  };
  return {
    trigger: artifact(manifest.trigger),
    migrator: artifact(manifest.migrator),
    canary: artifact(manifest.canary),
    console: artifact(manifest.console),
    web: Object.entries(manifest.web).map(([key, name]) => ({ key, ...artifact(name) })),
    job: artifact(manifest.job),
    wheels: artifact(manifest.wheels),
    authorities: Object.fromEntries(
      Object.entries(manifest.authorities).map(([region, name]) => [region, artifact(name)]),
    ),
  };
}

function readManifest(file: string): ArtifactManifest {
  if (!existsSync(file)) throw new ArtifactError(`Nothing has been built: ${file} is missing`);
  try {
    return artifactManifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new ArtifactError(`${file} does not match this release (${(cause as Error).message})`);
  }
}
