/** Which keys are whose, and what a file may be called. */
import type { FeedName } from '@centflow/schema/feeds';
import { feedNames, KEY_BYTES } from './contract/words.ts';
import { Refusal } from './refusal.ts';

/** A key of one owner, taken apart. */
export interface OwnKey {
  readonly objectKey: string;
  readonly feed: FeedName;
  /** Below the owner's folder; may have folders of its own. */
  readonly name: string;
}

export function prefixOf(owner: string, feed: FeedName): string {
  return `raw/${feed}/owner=${owner}/`;
}

/**
 * Takes a key for the owner's, or refuses it. A key of somebody else and one that does not exist are refused alike.
 *
 * Compared as text, byte for byte: S3 knows no percent signs and no letters that only look alike, and nor does this.
 */
export function ownKey(owner: string, objectKey: string): OwnKey {
  for (const feed of feedNames) {
    const prefix = prefixOf(owner, feed);
    const name = objectKey.slice(prefix.length);
    if (objectKey.startsWith(prefix) && name !== '' && byteLength(objectKey) <= KEY_BYTES && !climbs(name)) {
      return { objectKey, feed, name };
    }
  }
  throw noSuchObject();
}

/** S3 takes `..` for a name like any other, but a browser that is sent to its address climbs out of the folder. */
function climbs(name: string): boolean {
  return name.split('/').some((part) => part === '.' || part === '..');
}

export function noSuchObject(): Refusal {
  return new Refusal(404, 'You have no such file. Look at the list of your files: it may have been renamed.');
}

/** What nobody can see, or what turns what follows around. */
const invisible = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * The key of a file that is about to be sent.
 *
 * @param nested the name is of an object that stands in a folder already
 * @throws {Refusal} 400, beside the name
 */
export function keyToSend(owner: string, feed: FeedName, name: string, contentType: string, nested: boolean): string {
  const objectKey = `${prefixOf(owner, feed)}${name}`;
  const wrong = wrongName(name, nested) ?? wrongType(name, contentType);
  if (wrong !== undefined) throw new Refusal(400, wrong, [{ pointer: '/json/name', message: wrong }]);
  if (byteLength(objectKey) > KEY_BYTES) {
    const message = 'The file’s name is too long: shorten it.';
    throw new Refusal(400, message, [{ pointer: '/json/name', message }]);
  }
  return objectKey;
}

function wrongName(name: string, nested: boolean): string | undefined {
  // Letters that stand for a slash once they are normalised: ／ and others.
  const folded = name.normalize('NFKC');
  if (folded.includes('\\') || (folded.includes('/') && !(nested && folded === name.normalize('NFC')))) {
    return 'A file’s name has no slashes: leave the folders out.';
  }
  if (invisible.test(name)) return 'The file’s name has characters that cannot be seen: type it anew.';
  if (name.split('/').some((part) => part === '' || /^\.+$/.test(part) || part !== part.trim())) {
    return 'The file’s name begins or ends with a space, or has no letters: rename it.';
  }
  if (!/[^/]\.csv(\.gz)?$/i.test(name))
    return 'Only files whose name ends in .csv or .csv.gz are loaded: save it as CSV.';
  return undefined;
}

function wrongType(name: string, contentType: string): string | undefined {
  const expected = /\.gz$/i.test(name) ? 'application/gzip' : 'text/csv';
  return contentType === expected ? undefined : `A file of this name is ${expected}, not ${contentType}.`;
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
