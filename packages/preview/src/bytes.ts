/** Concatenates byte arrays. */
export function concatBytes(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}

/** A queue of bytes. Bytes can be taken in other sizes than they were added. */
export class ByteQueue {
  length = 0;
  #pieces: Uint8Array[] = [];

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.length += bytes.length;
  }

  /** Removes and returns the next `size` bytes, or all bytes if there are fewer. */
  take(size: number): Uint8Array {
    const taken: Uint8Array[] = [];
    let left = Math.min(size, this.length);
    this.length -= left;
    while (left > 0) {
      const [piece] = this.#pieces as [Uint8Array];
      taken.push(piece.subarray(0, left));
      if (piece.length > left) this.#pieces[0] = piece.subarray(left);
      else this.#pieces.shift();
      left -= Math.min(left, piece.length);
    }
    return taken.length === 1 ? (taken[0] as Uint8Array) : concatBytes(taken);
  }

  /** Puts back `bytes`, which must be the end of the bytes that were taken last. */
  putBack(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.unshift(bytes);
    this.length += bytes.length;
  }

  clear(): void {
    this.#pieces = [];
    this.length = 0;
  }
}
