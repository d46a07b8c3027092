/** Giving dead letters back to the trigger. */
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  SQSServiceException,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';

/** The queue's URL and its dead-letter queue's. */
export interface Queues {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export interface Redriven {
  readonly messages: number;
  /** false: SQS goes on moving them by itself. */
  readonly finished: boolean;
}

/** SQS moves these dead letters already. */
export class RedriveRunsError extends Error {
  override readonly name = 'RedriveRunsError';
}

/** Lets SQS move them; where it cannot, as the emulator cannot, moves them one by one. */
export async function redrive(sqs: SQSClient, queues: Queues): Promise<Redriven> {
  const QueueUrl = queues.deadLetterQueueUrl;
  const AttributeNames = ['QueueArn', 'ApproximateNumberOfMessages'] as const;
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }),
  );
  try {
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: Attributes?.QueueArn }));
    return { messages: Number(Attributes?.ApproximateNumberOfMessages ?? 0), finished: false };
  } catch (error) {
    if (!(error instanceof SQSServiceException)) throw error;
    if (/(InvalidAction|UnsupportedOperation|UnknownOperation)/.test(error.name)) {
      return { messages: await moveOneByOne(sqs, queues), finished: true };
    }
    if (/already|active/i.test(error.message)) throw new RedriveRunsError('SQS moves the dead letters already.');
    throw error;
  }
}

/** Sends each message before it deletes it: one that is sent twice changes nothing, one that is lost would. */
export async function moveOneByOne(sqs: SQSClient, { queueUrl, deadLetterQueueUrl }: Queues): Promise<number> {
  for (let moved = 0; ; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: deadLetterQueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return moved;
    for (const { Body, ReceiptHandle } of Messages) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: Body }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle }));
      moved += 1;
    }
  }
}
