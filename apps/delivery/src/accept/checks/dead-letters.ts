/** What the trigger could not take ends in the dead-letter queue, and one command brings it back. */
import { GetEventSourceMappingCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { redrive } from '@centflow/console/redrive';
import { type Check, expectThat } from '../check.ts';
import type { AcceptContext } from '../context.ts';

/** Lambda takes up to a minute or two to change an event source mapping. */
const MAPPING_SECONDS = 300;
/** SQS takes up to a minute to apply attributes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const DEAD_WITHIN_SECONDS = 300;

export const deadLetters: Check = {
  name: 'dead-letters',
  proves: 'an event that nobody could take ends in the dead-letter queue, and a redrive makes its upload show',
  ifItFails:
    'redrive what is left: `aws sqs start-message-move-task --source-arn <the dead-letter queue’s ARN>`, and see that the event source mapping of the trigger is enabled',
  disruptive:
    'stops the trigger’s event source mapping for some minutes and lets the queue give up after one receive; may raise the alarm `load-dead-letters`',
  run: async (context) => {
    const { account, deployed, names, uploads, pace } = context;
    const queueUrl = String(deployed.one('aws_sqs_queue', { name: names.queue }).url);
    const deadLetterQueueUrl = String(deployed.one('aws_sqs_queue', { name: names.deadLetterQueue }).url);
    const before = await count(context, deadLetterQueueUrl);
    expectThat(before === 0, `${before} dead letters are there already: read and redrive them first`);
    // The trigger stops first and starts last: a batch that it gives back must not meet a queue that gives up after one receive.
    const upload = await withoutTrigger(context, () =>
      withEagerQueue(context, queueUrl, async () => {
        const put = await uploads.put('dead-letter');
        await pace.until('the event is a dead letter', DEAD_WITHIN_SECONDS, async () => {
          // Received and given back at once: after the one receive that is allowed, SQS moves it.
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
      await uploads.published(upload);
      await pace.until('the dead-letter queue is empty', DEAD_WITHIN_SECONDS, async () =>
        (await count(context, deadLetterQueueUrl)) === 0 ? true : undefined,
      );
      return 'one event, given up and redriven';
    } finally {
      await uploads.delete(upload);
    }
  },
};

/** Lets SQS give a message up after one receive, and afterwards as often as before. */
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

/** Stops the trigger while the work is done. One that somebody has stopped stays so. */
async function withoutTrigger<Result>(context: AcceptContext, work: () => Promise<Result>): Promise<Result> {
  const { account, deployed, pace, restoring } = context;
  const UUID = String(deployed.one('aws_lambda_event_source_mapping').uuid);
  const state = async () => (await account.lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
  const enable = (Enabled: boolean) => account.lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  const before = await state();
  expectThat(before === 'Enabled', `the trigger’s event source mapping is ${before}: nothing was changed`);
  try {
    await enable(false);
    await pace.until('the mapping is disabled', MAPPING_SECONDS, async () =>
      (await state()) === 'Disabled' ? true : undefined,
    );
    return await work();
  } finally {
    // A mapping that is still changing refuses another change.
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
