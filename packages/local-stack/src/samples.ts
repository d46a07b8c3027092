/** Lists and uploads the CSV files of samples/. */
import { readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import type { Version } from './follow.ts';
import { putFile } from './put.ts';
import type { LocalStack } from './stack.ts';

const folder = join(repository, 'samples');
const AT_ONCE = 8;

export interface Sample {
  readonly file: string;
  readonly objectKey: string;
}

/** Returns all samples in the order of their object keys. */
export function listSamples(): readonly Sample[] {
  return readdirSync(join(folder, 'raw'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ file, objectKey: relative(folder, file).split(sep).join('/') }));
}

/** Uploads all samples. */
export async function putSamples({ clients, description }: LocalStack): Promise<Version[]> {
  const samples = listSamples();
  const versions: Version[] = [];
  for (let first = 0; first < samples.length; first += AT_ONCE) {
    const some = samples.slice(first, first + AT_ONCE);
    versions.push(
      ...(await Promise.all(
        some.map(({ file, objectKey }) => putFile(clients.s3, description.bucket, objectKey, file)),
      )),
    );
  }
  return versions;
}
