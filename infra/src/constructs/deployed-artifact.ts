import { S3Object } from '@cdktf/provider-aws/lib/s3-object/index.js';
import { AssetType, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { Artifact } from '../artifacts.ts';

/**
 * A built file in the artifacts bucket, under a key with its hash.
 *
 * The new one is there before the old one goes, so that what refers to it never points at nothing. A job run that asks for
 * more workers while a deployment takes its wheels away fails, and Glue's retry takes the new ones.
 */
export class DeployedArtifact extends Construct {
  readonly object: S3Object;
  readonly bucket: string;
  readonly key: string;
  /** `s3://…` of it. */
  readonly uri: string;

  constructor(scope: Construct, id: string, { bucket, artifact }: { bucket: string; artifact: Artifact }) {
    super(scope, id);
    this.bucket = bucket;
    this.key = artifact.name;
    this.uri = `s3://${bucket}/${this.key}`;
    // Copied beside the stack's JSON: a plan made on one machine is applied on another.
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
