/** Parses and builds the object keys of owners, and checks file names. */
import type { FeedName } from '@centflow/schema/feeds';
import { feedNames, KEY_BYTES } from './contract/words.ts';
import { RefusedError, refusePart } from './refusal.ts';

/** The parts of an object key that belongs to an owner. */
export interface OwnKey {
  readonly objectKey: string;
  readonly feed: FeedName;
  /** The part of the object key after the owner's folder. */
  readonly name: string;
}

export function prefixOf(owner: string, feed: FeedName): string {
  return `raw/${feed}/owner=${owner}/`;
}

/**
 * Returns the parts of a key that belongs to the owner. Refuses keys of other owners in the same way as missing keys.
 *
 * Compares keys byte by byte, as S3 does: without decoding percent signs and without treating similar letters as equal.
 */
export function ownKey(owner: string, objectKey: string): OwnKey {
  for (const feed of feedNames) {
    const prefix = prefixOf(owner, feed);
    const name = objectKey.slice(prefix.length);
    if (objectKey.startsWith(prefix) && name !== '' && byteLength(objectKey) <= KEY_BYTES && !hasDotFolders(name)) {
      return { objectKey, feed, name };
    }
  }
  throw noSuchFileError();
}

/** In S3, `..` is an ordinary name. A browser that opens such an address would leave the owner's folder. */
function hasDotFolders(name: string): boolean {
  return name.split('/').some((part) => part === '.' || part === '..');
}

export function noSuchFileError(): RefusedError {
  return new RefusedError(
    'no-such-file',
    'You have no file with this name. It may have been renamed; check your list of files.',
  );
}

export function noSuchVersionError(): RefusedError {
  return new RefusedError(
    'no-such-version',
    'This version of the file does not exist any more. Reload the page and choose another version.',
  );
}

/** Matches invisible characters and characters that reverse the direction of text. */
const invisible = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Returns the key for a new upload.
 *
 * @param nested whether the name may contain folders; true if the upload replaces an existing object
 * @throws {RefusedError} 400 if the name is not valid
 */
export function keyToSend(owner: string, feed: FeedName, name: string, contentType: string, nested: boolean): string {
  const objectKey = `${prefixOf(owner, feed)}${name}`;
  const wrong = wrongName(name, nested) ?? wrongType(name, contentType);
  if (wrong !== undefined) throw refusePart('invalid-file-name', '/json/name', wrong);
  if (byteLength(objectKey) > KEY_BYTES) {
    throw refusePart('invalid-file-name', '/json/name', 'The file’s name is too long. Rename the file.');
  }
  return objectKey;
}

function wrongName(name: string, nested: boolean): string | undefined {
  // Normalisation turns some letters into a slash, for example ／.
  const folded = name.normalize('NFKC');
  if (folded.includes('\\') || (folded.includes('/') && !(nested && folded === name.normalize('NFC')))) {
    return 'A file’s name cannot contain slashes. Remove the folders.';
  }
  if (invisible.test(name)) return 'The file’s name contains invisible characters. Type it again.';
  if (name.split('/').some((part) => part === '' || /^\.+$/.test(part) || part !== part.trim())) {
    return 'The file’s name begins or ends with a space, or is empty. Rename the file.';
  }
  if (!/[^/]\.csv(\.gz)?$/i.test(name)) return 'The file’s name must end in .csv or .csv.gz. Save the file as CSV.';
  return undefined;
}

function wrongType(name: string, contentType: string): string | undefined {
  const expected = /\.gz$/i.test(name) ? 'application/gzip' : 'text/csv';
  return contentType === expected
    ? undefined
    : `A file with this name must have the content type ${expected}, not ${contentType}.`;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
