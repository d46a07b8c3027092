/**
 * `release.json` lists the files of a release. The release's digest is the hash of this file, so the file contains
 * nothing that differs between builds.
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ReleaseError } from './release-error.ts';

/** The name of the record file in the folder of a release. */
export const RECORD = 'release.json';

/** A release's version: `v` and the number of first-parent commits, so that later releases have larger numbers. */
export const versionPattern = /^v[1-9][0-9]*$/;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The path of a file below the release's folder, in normalised form. */
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

/** The content of `release.json`. */
export type ReleaseRecord = z.infer<typeof releaseRecord>;
/** One file of a release. */
export type ReleaseFile = ReleaseRecord['files'][number];

/** The version of the file format. Releases with another format must be deployed from the commit that built them. */
const FORMAT = 1;
const format = z.object({ format: z.number() });

/** Returns the text of `release.json`, which is always the same for the same content. */
export function renderRecord({ version, commit, files }: ReleaseRecord): string {
  const sorted = [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
  return `${JSON.stringify({ format: FORMAT, version, commit, files: sorted }, undefined, 2)}\n`;
}

/**
 * Reads the bytes of a `release.json`.
 *
 * @param where the name of the file in errors
 * @throws {ReleaseError} the file is not valid, has another format, or names a file outside of the release.
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
      `${where} has format ${found.data.format}, but this commit of Centflow reads only format ${FORMAT}. Deploy the release from the commit that built it`,
    );
  }
  const { format: _, ...rest } = { ...(content as object & { format?: unknown }) };
  const parsed = releaseRecord.safeParse(found.success ? rest : undefined);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ReleaseError(`${where} is not a valid release record (${issue?.path.join('.')}: ${issue?.message})`);
}

/** Returns the digest of a release: the SHA-256 of the bytes of its `release.json`, in hexadecimal. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function isInside(path: string): boolean {
  const parts = path.split('/');
  return parts.every((part) => /^[\w@+=.-]+$/.test(part) && part !== '.' && part !== '..') && path !== RECORD;
}
