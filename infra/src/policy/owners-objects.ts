/** The console's rights on people's objects, for its role and for the VPC endpoint. */
import type { Environment } from '../environment.ts';
import { namesOf } from '../names.ts';
import { arns } from './arns.ts';
import type { Statement } from './policy-document.ts';

/**
 * The prefixes of an owner's objects: uploads in each feed, and templates for the exports of the owner's banks. The API
 * takes the owner from the token; IAM does not check the owner. IAM only limits the console to these prefixes, so the
 * console cannot reach manifests or objects without an owner.
 */
export const OWNERS_PREFIXES = ['raw/*/owner=*/*', 'templates/owner=*/*'] as const;

/** The prefix whose newest versions the console lists with `ListObjectsV2`. */
const TEMPLATES_PREFIX = OWNERS_PREFIXES[1];

type Rights = Pick<Statement, 'actions' | 'resources'>;

function objects(environment: Environment): string[] {
  const uploads = arns(environment).bucket(namesOf(environment).uploadsBucket);
  return OWNERS_PREFIXES.map((prefix) => `${uploads}/${prefix}`);
}

/**
 * Returns the rights to change owners' objects. The rights never include `s3:DeleteObjectVersion`. The console undoes
 * an upload with a newer version or a delete marker, and the old version remains.
 */
export function changeOwnersObjects(environment: Environment): Rights {
  return {
    actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resources: objects(environment),
  };
}

/**
 * Returns the right to list owners' templates, and no other objects.
 *
 * S3 authorises `ListObjectsV2` as `s3:ListBucket`; `s3:ListBucketVersions` does not cover it:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listOwnersTemplates(environment: Environment): Rights & Required<Pick<Statement, 'conditions'>> {
  return {
    actions: ['s3:ListBucket'],
    resources: [arns(environment).bucket(namesOf(environment).uploadsBucket)],
    conditions: { StringLike: { 's3:prefix': [TEMPLATES_PREFIX] } },
  };
}

export function readOwnersObjects(environment: Environment): Rights {
  return { actions: ['s3:GetObject', 's3:GetObjectVersion'], resources: objects(environment) };
}
