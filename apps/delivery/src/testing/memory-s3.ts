/** An in-memory S3 with the commands that the small stores use. The rehearsal runs the stores on an emulator. */
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export class MemoryS3 {
  /** The objects of the only bucket, by key. */
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
      // A page contains only two keys, so that the stores must request further pages.
      const begin = Number(ContinuationToken ?? 0);
      const more = begin + 2 < keys.length ? { NextContinuationToken: String(begin + 2) } : {};
      return { Contents: keys.slice(begin, begin + 2).map((Key) => ({ Key })), ...more };
    }
    throw new Error(`No answer to ${(command as object).constructor.name}`);
  }
}

/** Returns a body in the form of the SDK. */
function bodyOf(bytes: Uint8Array): object {
  return {
    transformToByteArray: async () => bytes,
    transformToString: async () => new TextDecoder().decode(bytes),
  };
}
