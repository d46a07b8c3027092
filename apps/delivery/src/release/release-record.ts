/** `release.json`: what a release consists of. Its bytes decide the digest, so it tells nothing that changes from build to build. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ReleaseError } from './release-error.ts';

/** The table of contents of a release, in its folder. */
export const RECORD = 'release.json';

/** A release's version: `v` and the number of first-parent commits, so that a later one is a larger one. */
export const versionPattern = /^v[1-9][0-9]*$/;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Where a file may be: below the release's folder, and said in one way only. */
const path = z.string().refine(isInside, { message: 'is not a plain path below the release' });

const releaseRecord = z.strictObject({
  version: z.string().regex(versionPattern),
  commit: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  files: z
    .array(z.strictObject({ path, sha256, size: z.int().min(0) }))
    .min(1)
    .refine((files) => new Set(files.map((file) => file.path)).size === files.length, {
      message: 'names a file twice',
    }),
});

/** What `release.json` says. */
export type ReleaseRecord = z.infer<typeof releaseRecord>;
/** One file of a release. */
export type ReleaseFile = ReleaseRecord['files'][number];

/** How the record is written. A release of another format is for the Centflow that made it. */
const FORMAT = 1;
const format = z.object({ format: z.number() });

/** The bytes of `release.json`: the same for the same contents. */
export function renderRecord({ version, commit, files }: ReleaseRecord): string {
  const sorted = [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
  return `${JSON.stringify({ format: FORMAT, version, commit, files: sorted }, undefined, 2)}\n`;
}

/**
 * Reads the bytes of a `release.json`.
 *
 * @param where names it in the error
 * @throws {ReleaseError} it is none, of another format, or names a file outside of the release.
 */
export function parseRecord(bytes: Uint8Array, where: string): ReleaseRecord {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new ReleaseError(`${where} is not JSON (${(cause as Error).message})`);
  }
  const found = format.safeParse(content);
  if (found.success && found.data.format !== FORMAT) {
    throw new ReleaseError(
      `${where} is of format ${found.data.format}, and this commit of Centflow reads format ${FORMAT} only: deploy it from the commit that made it`,
    );
  }
  const { format: _, ...rest } = { ...(content as object & { format?: unknown }) };
  const parsed = releaseRecord.safeParse(found.success ? rest : undefined);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ReleaseError(`${where} is no table of contents of a release (${issue?.path.join('.')}: ${issue?.message})`);
}

/** The digest of a release: SHA-256 of the bytes of its `release.json`, hex. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isInside(path: string): boolean {
  const parts = path.split('/');
  return parts.every((part) => /^[\w@+=.-]+$/.test(part) && part !== '.' && part !== '..') && path !== RECORD;
}
