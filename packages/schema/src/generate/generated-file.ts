/** A file that `npm run generate` writes: its path relative to the repository's root, and its bytes. */
export interface GeneratedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Returns a generated file that contains text. */
export function textFile(path: string, text: string): GeneratedFile {
  return { path, bytes: Buffer.from(text, 'utf8') };
}
