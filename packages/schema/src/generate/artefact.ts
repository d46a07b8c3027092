/** A file that is made, never written: its path from the repository's root, and its bytes. */
export interface Artefact {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** An artefact of text. */
export function textArtefact(path: string, text: string): Artefact {
  return { path, bytes: Buffer.from(text, 'utf8') };
}
