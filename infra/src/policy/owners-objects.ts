/** What the console does with people's objects: its role and the way out of its network say the same. */
import type { Environment } from '../environment.ts';
import { namesOf } from '../names.ts';
import { arns } from './arns.ts';
import type { Statement } from './policy-document.ts';

/**
 * Prefixes of what an owner has: uploads in each feed, and the templates of their banks' exports. Which owner it is comes out of
 * the token and is the API's to hold to; IAM holds it to these, so that manifests and what is no owner's are out of reach.
 */
export const OWNERS_PREFIXES = ['raw/*/owner=*/*', 'templates/owner=*/*'] as const;

/** The prefix of OWNERS_PREFIXES whose newest versions the console lists by `ListObjectsV2`. */
const TEMPLATES_PREFIX = OWNERS_PREFIXES[1];

type Rights = Pick<Statement, 'actions' | 'resources'>;

function objects(environment: Environment): string[] {
  const uploads = arns(environment).bucket(namesOf(environment).uploadsBucket);
  return OWNERS_PREFIXES.map((prefix) => `${uploads}/${prefix}`);
}

/** Never `s3:DeleteObjectVersion`: what the console undoes is covered by a newer version or a delete marker, and stays. */
export function changeOwnersObjects(environment: Environment): Rights {
  return {
    actions: ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    resources: objects(environment),
  };
}

/**
 * Lists an owner's templates and nothing else.
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
