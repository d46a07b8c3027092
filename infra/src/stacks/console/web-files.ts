/** Uploads the console's pages into their bucket. */
import { extname } from 'node:path';
import type { S3BucketLifecycleConfigurationRule } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object/index.js';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { ArtifactError, type WebFile } from '../../artifacts.ts';
import { expireOldVersions } from '../../constructs/private-bucket.ts';

/** Vite's folder for files whose names contain a hash of their content. Such a file never changes. */
const NAMED_BY_CONTENT = 'assets/';
const CACHE_FOREVER = 'public, max-age=31536000, immutable';
/** The `Cache-Control` value with which browsers may cache a file, but must revalidate the file each time. */
const REVALIDATE = 'no-cache';

/** The content types by file extension. With `nosniff`, browsers do not guess other types. */
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

/** The lifecycle rules. Old versions can expire, because a rollback restores old pages from the release. */
export const webLifecycle: readonly S3BucketLifecycleConfigurationRule[] = [
  expireOldVersions('replaced-pages', '', 30),
];

export interface WebFilesProps {
  readonly bucket: string;
  readonly files: readonly WebFile[];
}

/**
 * The objects of the console's pages, one for each file.
 *
 * A deployment uploads index.html last, and then deletes files that only the old page needs. Browsers therefore never receive a page
 * whose parts are missing. A person who still has the old page open may have to reload the page.
 */
export class WebFiles extends Construct {
  /** @throws {ArtifactError} index.html is missing, or a file has an unknown extension. */
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
        cacheControl: key.startsWith(NAMED_BY_CONTENT) ? CACHE_FOREVER : REVALIDATE,
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
      `${key} of the console has no content type. Add its extension to infra/src/stacks/console/web-files.ts`,
    );
  }
  return found;
}
