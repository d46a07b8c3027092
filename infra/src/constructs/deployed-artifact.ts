import { S3Object } from '@cdktf/provider-aws/lib/s3-object/index.js';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { Artifact } from '../artifacts.ts';

/**
 * A built file in the artifacts bucket. The object's key contains the file's hash.
 *
 * A deployment creates the new object before it deletes the old one, so references never point to a missing object.
 * A running job run still needs the old wheels when it requests more workers, and fails if a deployment has deleted
 * them. The next sweep then loads the remaining uploads.
 */
export class DeployedArtifact extends Construct {
  readonly object: S3Object;
  readonly bucket: string;
  readonly key: string;
  /** The S3 URI of the object: `s3://<bucket>/<key>`. */
  readonly uri: string;

  constructor(scope: Construct, id: string, { bucket, artifact }: { bucket: string; artifact: Artifact }) {
    super(scope, id);
    this.bucket = bucket;
    this.key = artifact.name;
    this.uri = `s3://${bucket}/${this.key}`;
    // Copies the file beside the stack's JSON, because a plan may be applied on another machine.
    const file = new TerraformAsset(this, 'file', {
      path: artifact.path,
      type: AssetType.FILE,
      assetHash: artifact.hash,
    });
    this.object = new S3Object(this, 'object', {
      bucket,
      key: this.key,
      source: file.path,
      lifecycle: { createBeforeDestroy: true },
    });
  }
}
