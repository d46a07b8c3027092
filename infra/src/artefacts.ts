/** What `turbo run build` left to deploy: files named by the hash of what they hold, so that a deployment changes what has changed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** Where build.ts writes. */
export const artefactsFolder = join(import.meta.dirname, '..', 'dist', 'artefacts');

/** One file to deploy. */
export interface Artefact {
  /** Its name, with the hash: `trigger-0123456789abcdef.zip`. */
  readonly name: string;
  /** Where it lies on this machine. */
  readonly path: string;
  /** The hash in its name. */
  readonly hash: string;
}

/** One file of the console's pages. */
export interface WebFile extends Artefact {
  /** Where browsers find it, without the first slash: `assets/index-Bx3k.js`. */
  readonly key: string;
}

export interface Artefacts {
  readonly trigger: Artefact;
  readonly migrator: Artefact;
  readonly canary: Artefact;
  /** The console's API. */
  readonly console: Artefact;
  /** The console's pages. */
  readonly web: readonly WebFile[];
  /** The script that Glue runs. */
  readonly job: Artefact;
  /** What the script imports: our package and what Glue lacks, as a zip of wheels. */
  readonly wheels: Artefact;
  /** Certificate authorities of RDS, PEM, by region. */
  readonly authorities: Readonly<Record<string, Artefact>>;
}

/** There is nothing to deploy, or not all of it. */
export class ArtefactError extends Error {
  override readonly name = 'ArtefactError';

  constructor(problem: string) {
    super(`${problem}. Run \`npm run build\`, which makes what is deployed.`);
  }
}

const fileName = z.string().regex(/^[\w-]+-[0-9a-f]{16}(\.\w+)+$/);

/** The table of contents that build.ts writes last. */
export const artefactManifest = z.strictObject({
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
export type ArtefactManifest = z.infer<typeof artefactManifest>;

/**
 * Reads what has been built.
 *
 * @throws {ArtefactError} it has not been built, or not completely; says what to run.
 */
export function readArtefacts(folder = artefactsFolder): Artefacts {
  const manifest = readManifest(join(folder, 'manifest.json'));
  const artefact = (name: string): Artefact => {
    const path = join(folder, name);
    if (!existsSync(path)) throw new ArtefactError(`${path} is missing`);
    return { name, path, hash: /-([0-9a-f]{16})\./.exec(name)?.[1] as string };
  };
  return {
    trigger: artefact(manifest.trigger),
    migrator: artefact(manifest.migrator),
    canary: artefact(manifest.canary),
    console: artefact(manifest.console),
    web: Object.entries(manifest.web).map(([key, name]) => ({ key, ...artefact(name) })),
    job: artefact(manifest.job),
    wheels: artefact(manifest.wheels),
    authorities: Object.fromEntries(
      Object.entries(manifest.authorities).map(([region, name]) => [region, artefact(name)]),
    ),
  };
}

function readManifest(file: string): ArtefactManifest {
  if (!existsSync(file)) throw new ArtefactError(`Nothing has been built: ${file} is missing`);
  try {
    return artefactManifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new ArtefactError(`${file} is not what this release builds (${(cause as Error).message})`);
  }
}
