/** What `turbo run build` left to deploy: files named by the hash of what they hold, so that a deployment changes what has changed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Where build.ts writes. */
export const artifactsFolder = join(import.meta.dirname, '..', 'dist', 'artifacts');

/** One file to deploy. */
export interface Artifact {
  /** Its name, with the hash: `trigger-0123456789abcdef.zip`. */
  readonly name: string;
  /** Where it lies on this machine. */
  readonly path: string;
  /** The hash in its name. */
  readonly hash: string;
}

/** One file of the console's pages. */
export interface WebFile extends Artifact {
  /** Where browsers find it, without the first slash: `assets/index-Bx3k.js`. */
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
  /** What the script imports: our package and what Glue lacks, as a zip of wheels. */
  readonly wheels: Artifact;
  /** Certificate authorities of RDS, PEM, by region. */
  readonly authorities: Readonly<Record<string, Artifact>>;
}

/** There is nothing to deploy, or not all of it. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';

  constructor(problem: string) {
    super(`${problem}. Run \`npm run build\`, which makes what is deployed.`);
  }
}

const fileName = z.string().regex(/^[\w-]+-[0-9a-f]{16}(\.\w+)+$/);

/** The table of contents that build.ts writes last. */
export const artifactManifest = z.strictObject({
  trigger: fileName,
  migrator: fileName,
  canary: fileName,
  console: fileName,
  /** Names by what browsers ask for. */
  web: z.record(z.string().regex(/^[\w@-][\w@./-]*$/), fileName),
  job: fileName,
  wheels: fileName,
  authorities: z.record(z.string(), fileName),
});
export type ArtifactManifest = z.infer<typeof artifactManifest>;

/**
 * Reads what has been built.
 *
 * @throws {ArtifactError} it has not been built, or not completely; says what to run.
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
    throw new ArtifactError(`${file} is not what this release builds (${(cause as Error).message})`);
  }
}
