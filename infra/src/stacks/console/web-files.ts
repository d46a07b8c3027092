/** The console's pages in their bucket. */
import { extname } from 'node:path';
import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object/index.js';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { ArtifactError, type WebFile } from '../../artifacts.ts';
import { expireOldVersions } from '../../constructs/private-bucket.ts';

/** Vite puts what it names by its content into this folder: such a file never changes. */
const NAMED_BY_CONTENT = 'assets/';
const FOR_EVER = 'public, max-age=31536000, immutable';
/** May be kept, and is asked after each time. */
const ASK_FIRST = 'no-cache';

/** What browsers are told a file is. They are told to believe it, too (nosniff). */
const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** A rollback brings old pages back from the release, not from old versions. */
export const webLifecycle: readonly S3BucketLifecycleConfigurationRule[] = [
  expireOldVersions('replaced-pages', '', 30),
];

export interface WebFilesProps {
  readonly bucket: string;
  readonly files: readonly WebFile[];
}

/**
 * One object for each file.
 *
 * The page that names the others comes last, and what only the page before it named goes after that: nobody is given a page whose
 * parts are not there. Who has the old page open still, and goes where it has not been, must load it anew.
 */
export class WebFiles extends Construct {
  /** @throws {ArtifactError} there is no index.html, or a file of a type that is not known here. */
  constructor(scope: Construct, id: string, { bucket, files }: WebFilesProps) {
    super(scope, id);
    const put = ({ key, path, hash }: WebFile, after: readonly ITerraformDependable[] = []) =>
      new S3Object(this, key.replace(/\W+/g, '-'), {
        bucket,
        key,
        source: new TerraformAsset(this, `file-${key.replace(/\W+/g, '-')}`, {
          path,
          type: AssetType.FILE,
          assetHash: hash,
        }).path,
        sourceHash: hash,
        contentType: contentTypeOf(key),
        cacheControl: key.startsWith(NAMED_BY_CONTENT) ? FOR_EVER : ASK_FIRST,
        lifecycle: { createBeforeDestroy: true },
        dependsOn: [...after],
      });
    const page = files.find(({ key }) => key === 'index.html');
    if (page === undefined) throw new ArtifactError('apps/console/dist/web has no index.html');
    const others = files.filter((file) => file !== page).map((file) => put(file));
    put(page, others);
  }
}

function contentTypeOf(key: string): string {
  const found = contentTypes[extname(key)];
  if (found === undefined) {
    throw new ArtifactError(
      `Nothing says what ${key} of the console is: infra/src/stacks/console/web-files.ts lists types`,
    );
  }
  return found;
}
