import { GlueServiceException, type StartJobRunCommand, type StartJobRunCommandInput } from '@aws-sdk/client-glue';
import { type DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Context } from 'aws-lambda';
import type { JobRunStarter } from '../src/start-job-run.ts';
import type { ManifestBucket } from '../src/write-manifest.ts';

/** A bucket in memory. It replaces the SDK's client. */
export class FakeBucket implements ManifestBucket {
  readonly objects = new Map<string, { body: string; contentType: string | undefined }>();
  readonly removed: string[] = [];
  deleteError: Error | undefined;
  putError: Error | undefined;

  /** Called before each response. A test can let a job run take a waiting manifest there. */
  beforeEach: () => void = () => undefined;

  async send(command: PutObjectCommand | DeleteObjectCommand | ListObjectsV2Command) {
    this.beforeEach();
    if (command instanceof ListObjectsV2Command) {
      return { $metadata: {}, KeyCount: this.objects.has(String(command.input.Prefix)) ? 1 : 0 };
    }
    if (command instanceof PutObjectCommand) {
      if (this.putError !== undefined) throw this.putError;
      this.objects.set(String(command.input.Key), {
        body: String(command.input.Body),
        contentType: command.input.ContentType,
      });
    } else if (this.deleteError !== undefined) {
      throw this.deleteError;
    } else {
      this.removed.push(String(command.input.Key));
      this.objects.delete(String(command.input.Key));
    }
    return { $metadata: {} };
  }

  /** Returns the manifests in the bucket, each as its parsed lines. */
  get manifests(): { key: string; eventTime: string }[][] {
    return [...this.objects.values()].map(({ body }) =>
      body
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    );
  }
}

/** A simulated Glue that returns its answers in order and repeats the last one. */
export class FakeGlue implements JobRunStarter {
  readonly requests: StartJobRunCommandInput[] = [];
  readonly #answers: readonly (string | Error)[];

  constructor(...answers: readonly (string | Error)[]) {
    this.#answers = answers;
  }

  async send(command: StartJobRunCommand) {
    const answer = this.#answers[Math.min(this.requests.length, this.#answers.length - 1)];
    this.requests.push(command.input);
    if (answer instanceof Error) {
      throw answer;
    }
    return { $metadata: {}, ...(answer === undefined ? {} : { JobRunId: answer }) };
  }
}

/** Creates an error that Glue's model does not list for StartJobRun. The error has the form of the SDK's errors. */
export function glueError(name: string, $fault: 'client' | 'server' = 'client', httpStatusCode = 400) {
  return new GlueServiceException({ name, $fault, message: `${name} from Glue`, $metadata: { httpStatusCode } });
}

/** Returns a Lambda context with the given remaining time. */
export function contextWith(remainingMs: number): Context {
  return {
    awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'centflow-test-trigger',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:centflow-test-trigger',
    logGroupName: '/aws/lambda/centflow-test-trigger',
    logStreamName: '2026/03/01/[$LATEST]example',
    memoryLimitInMB: '256',
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
