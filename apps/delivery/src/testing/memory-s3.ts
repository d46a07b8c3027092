/** As much of S3 as the small stores need, in memory. The rehearsal has them work on an emulator. */
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export class MemoryS3 {
  /** By key; there is one bucket. */
  readonly objects = new Map<string, Uint8Array>();

  get client(): S3Client {
    return { send: async (command: unknown) => this.#answer(command) } as unknown as S3Client;
  }

  #answer(command: unknown): object {
    if (command instanceof PutObjectCommand) {
      const { Key = '', Body } = command.input;
      this.objects.set(Key, typeof Body === 'string' ? new TextEncoder().encode(Body) : (Body as Uint8Array));
      return {};
    }
    if (command instanceof GetObjectCommand) {
      const found = this.objects.get(command.input.Key ?? '');
      if (found === undefined) throw new NoSuchKey({ message: 'There is no such key.', $metadata: {} });
      return { Body: bodyOf(found) };
    }
    if (command instanceof ListObjectsV2Command) {
      const { Prefix = '', ContinuationToken } = command.input;
      const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
      // Two to a page, so that whoever lists must ask again.
      const begin = Number(ContinuationToken ?? 0);
      const more = begin + 2 < keys.length ? { NextContinuationToken: String(begin + 2) } : {};
      return { Contents: keys.slice(begin, begin + 2).map((Key) => ({ Key })), ...more };
    }
    throw new Error(`No answer to ${(command as object).constructor.name}`);
  }
}

/** A body as the SDK gives it. */
function bodyOf(bytes: Uint8Array): object {
  return {
    transformToByteArray: async () => bytes,
    transformToString: async () => new TextDecoder().decode(bytes),
  };
}
