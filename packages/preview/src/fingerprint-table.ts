/**
 * Counts how many rows of a file have each fingerprint. Stores a limited number of fingerprints, in the order of their
 * first rows.
 */
import { DIGEST_BYTES } from './blake2b.ts';

const WORDS = DIGEST_BYTES / 4;

/** Fingerprints of a file's good rows. Fingerprint n is `bytes[16n … 16n + 16)`, and `counts[n]` rows have it. */
export interface Fingerprints {
  readonly bytes: Uint8Array;
  readonly counts: Uint32Array;
  /**
   * False if the file has more distinct fingerprints than the limit. The table then omits fingerprints that first occur
   * later in the file.
   */
  readonly complete: boolean;
}

/** A hash table in three arrays. A million rows take 50 MB; a Map with text keys would take several times as much. */
export class FingerprintTable {
  readonly #limit: number;
  #digests = new Int32Array(WORDS << 10);
  #counts = new Uint32Array(1 << 10);
  /**
   * For each slot, the index of its digest plus 1; 0 if the slot is free. The table has at least twice as many slots as digests.
   */
  #slots = new Int32Array(1 << 11);
  #size = 0;
  #complete = true;

  /** @param limit the maximum number of distinct fingerprints */
  constructor(limit: number) {
    this.#limit = limit;
  }

  add(digest: Int32Array): void {
    const mask = this.#slots.length - 1;
    const digests = this.#digests;
    let slot = (digest[0] as number) & mask;
    for (;;) {
      const place = (this.#slots[slot] as number) - 1;
      if (place < 0) break;
      const offset = place * WORDS;
      if (
        digests[offset] === digest[0] &&
        digests[offset + 1] === digest[1] &&
        digests[offset + 2] === digest[2] &&
        digests[offset + 3] === digest[3]
      ) {
        this.#counts[place] = (this.#counts[place] as number) + 1;
        return;
      }
      slot = (slot + 1) & mask;
    }
    if (this.#size === this.#limit) {
      this.#complete = false;
      return;
    }
    digests.set(digest, this.#size * WORDS);
    this.#counts[this.#size] = 1;
    this.#slots[slot] = ++this.#size;
    if (this.#size === this.#counts.length) this.#grow();
  }

  finish(): Fingerprints {
    return {
      bytes: new Uint8Array(this.#digests.slice(0, this.#size * WORDS).buffer),
      counts: this.#counts.slice(0, this.#size),
      complete: this.#complete,
    };
  }

  #grow(): void {
    const digests = new Int32Array(2 * this.#digests.length);
    digests.set(this.#digests);
    const counts = new Uint32Array(2 * this.#counts.length);
    counts.set(this.#counts);
    const slots = new Int32Array(2 * this.#slots.length);
    for (let place = 0; place < this.#size; place++) {
      let slot = (digests[place * WORDS] as number) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = place + 1;
    }
    this.#digests = digests;
    this.#counts = counts;
    this.#slots = slots;
  }
}
