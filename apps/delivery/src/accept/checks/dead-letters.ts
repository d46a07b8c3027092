/** Checks that an unprocessed event reaches the dead-letter queue, and that a redrive moves the event back. */
import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { redrive } from '@centflow/console/redrive';
import { type Check, expectThat } from '../check.ts';
import type { AcceptContext } from '../context.ts';

/** Lambda needs up to two minutes to change an event source mapping. */
const MAPPING_SECONDS = 300;
/** SQS needs up to a minute to apply attributes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const DEAD_WITHIN_SECONDS = 300;

export const deadLetters: Check = {
  name: 'dead-letters',
  proves: 'an unprocessed event reaches the dead-letter queue, and its upload is loaded after a redrive',
  ifItFails:
    'redrive the remaining messages with `aws sqs start-message-move-task --source-arn <the dead-letter queue’s ARN>`, and check that the event source mapping of the trigger is enabled',
  disruptive:
    'disables the trigger’s event source mapping for some minutes and limits the queue to one receive per message. May raise the alarm `load-dead-letters`',
  run: async (context) => {
    const { account, deployed, names, uploads, pace } = context;
    const queueUrl = String(deployed.one('aws_sqs_queue', { name: names.queue }).url);
    const deadLetterQueueUrl = String(deployed.one('aws_sqs_queue', { name: names.deadLetterQueue }).url);
    const before = await count(context, deadLetterQueueUrl);
    expectThat(before === 0, `${before} dead letters already exist: read and redrive them first`);
    // Disable the trigger first and enable it last. Otherwise a batch that it returns would become dead letters after
    // one receive.
    const upload = await withoutTrigger(context, () =>
      withEagerQueue(context, queueUrl, async () => {
        const put = await uploads.put('dead-letter');
        await pace.until('the event is a dead letter', DEAD_WITHIN_SECONDS, async () => {
          // The queue allows one receive per message. Receive the message here without hiding it, so that SQS moves it
          // to the dead-letter queue at the next receive.
          await account.sqs.send(
            new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
          );
          return (await count(context, deadLetterQueueUrl)) > 0 ? true : undefined;
        });
        return put;
      }),
    );
    try {
      await redrive(account.sqs, { queueUrl, deadLetterQueueUrl });
      await uploads.waitUntilPublished(upload);
      await pace.until('the dead-letter queue is empty', DEAD_WITHIN_SECONDS, async () =>
        (await count(context, deadLetterQueueUrl)) === 0 ? true : undefined,
      );
      return 'one event became a dead letter and was redriven';
    } finally {
      await uploads.delete(upload);
    }
  },
};

/** Limits the queue to one receive per message while `work` runs, and restores its redrive policy afterwards. */
async function withEagerQueue<Result>(
  { account }: AcceptContext,
  QueueUrl: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const { Attributes = {} } = await account.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
  );
  const { RedrivePolicy = '{}' } = Attributes;
  const eager = JSON.stringify({ ...(JSON.parse(RedrivePolicy) as object), maxReceiveCount: 1 });
  const set = (policy: string) =>
    account.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy: policy } }));
  try {
    await set(eager);
    return await work();
  } finally {
    await set(RedrivePolicy);
  }
}

/** Disables the trigger's event source mapping while `work` runs. Fails if the mapping is not enabled. */
async function withoutTrigger<Result>(context: AcceptContext, work: () => Promise<Result>): Promise<Result> {
  const { account, deployed, pace, restoring } = context;
  const UUID = String(deployed.one('aws_lambda_event_source_mapping').uuid);
  const state = async () => (await account.lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
  const enable = (Enabled: boolean) => account.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  const before = await state();
  expectThat(before === 'Enabled', `the trigger’s event source mapping is ${before}, so nothing was changed`);
  try {
    await enable(false);
    await pace.until('the mapping is disabled', MAPPING_SECONDS, async () =>
      (await state()) === 'Disabled' ? true : undefined,
    );
    return await work();
  } finally {
    // Lambda refuses to change a mapping that is still being changed.
    await restoring.until('the mapping can be enabled again', MAPPING_SECONDS, async () =>
      (await state())?.endsWith('ing') ? undefined : true,
    );
    await enable(true);
    await restoring.until('the mapping is enabled again', MAPPING_SECONDS, async () =>
      (await state()) === 'Enabled' ? true : undefined,
    );
  }
}

async function count({ account }: AcceptContext, QueueUrl: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const];
  const { Attributes } = await account.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessages);
}
