/** The queue between the bucket's events and the trigger, and its dead-letter queue. */
import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification/index.js';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import { SqsQueuePolicy } from '@cdktf/provider-aws/lib/sqs-queue-policy/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Environment } from '../../environment.ts';
import { namesOf } from '../../names.ts';
import { arns } from '../../policy/arns.ts';
import { policyDocument, type Statement } from '../../policy/policy-document.ts';
import type { QueueTimes } from './queue-times.ts';

export interface UploadQueueProps {
  readonly environment: Environment;
  readonly kmsKeyArn: string;
  readonly times: QueueTimes;
  /** The common prefix of all feeds' object keys. */
  readonly prefix: string;
}

/** The retention of dead letters: the maximum that SQS allows. */
const DEAD_LETTER_RETENTION_DAYS = 14;
/**
 * The retention of messages. It must be shorter than the retention of dead letters, because SQS counts the age of a
 * dead letter from its original send time. It must also be longer than the time for which Glue can be full
 * (queue-times.ts).
 */
const RETENTION_DAYS = 7;
const DAY_SECONDS = 86_400;

export class UploadQueue extends Construct {
  readonly queue: SqsQueue;
  /** The policy that allows S3 to send messages. S3 rejects the notification until this policy exists. */
  readonly #policy: SqsQueuePolicy;
  readonly #props: UploadQueueProps;

  constructor(scope: Construct, id: string, props: UploadQueueProps) {
    super(scope, id);
    this.#props = props;
    const { environment, kmsKeyArn, times } = props;
    const names = namesOf(environment);
    const { regional, bucket } = arns(environment);
    const arnOf = (name: string) => regional('sqs', name);

    const deadLetters = new SqsQueue(this, 'dead-letters', {
      name: names.deadLetterQueue,
      kmsMasterKeyId: kmsKeyArn,
      messageRetentionSeconds: DEAD_LETTER_RETENTION_DAYS * DAY_SECONDS,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [arnOf(names.queue)] }),
    });
    this.queue = new SqsQueue(this, 'queue', {
      name: names.queue,
      kmsMasterKeyId: kmsKeyArn,
      messageRetentionSeconds: RETENTION_DAYS * DAY_SECONDS,
      visibilityTimeoutSeconds: times.visibilitySeconds,
      redrivePolicy: JSON.stringify({
        deadLetterTargetArn: deadLetters.arn,
        maxReceiveCount: times.maxReceiveCount,
      }),
    });
    this.#policy = new SqsQueuePolicy(this, 'policy', {
      queueUrl: this.queue.url,
      policy: policyDocument(tlsOnly(arnOf(names.queue)), {
        sid: 'BucketEvents',
        actions: ['sqs:SendMessage'],
        resources: [arnOf(names.queue)],
        principals: { Service: ['s3.amazonaws.com'] },
        conditions: {
          ArnEquals: { 'aws:SourceArn': bucket(names.uploadsBucket) },
          StringEquals: { 'aws:SourceAccount': environment.accountId },
        },
      }),
    });
    new SqsQueuePolicy(this, 'dead-letters-policy', {
      queueUrl: deadLetters.url,
      policy: policyDocument(tlsOnly(arnOf(names.deadLetterQueue))),
    });
  }

  /**
   * Configures the bucket to send its events.
   *
   * @param dependsOn the resources that process events, which must exist before
   */
  notify(dependsOn: readonly ITerraformDependable[]): S3BucketNotification {
    return new S3BucketNotification(this, 'notification', {
      bucket: namesOf(this.#props.environment).uploadsBucket,
      queue: [
        {
          id: 'uploads',
          queueArn: this.queue.arn,
          events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
          filterPrefix: this.#props.prefix,
        },
      ],
      dependsOn: [this.#policy, ...dependsOn],
    });
  }
}

function tlsOnly(queueArn: string): Statement {
  return {
    sid: 'TlsOnly',
    effect: 'Deny',
    actions: ['sqs:*'],
    resources: [queueArn],
    principals: '*',
    conditions: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
