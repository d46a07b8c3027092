/** Moves dead letters back to the trigger's queue. */
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  SQSServiceException,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';

/** The URLs of the queue and of its dead-letter queue. */
export interface Queues {
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export interface Redriven {
  readonly messages: number;
  /** False while SQS is still moving messages. */
  readonly finished: boolean;
}

/** Thrown if a redrive of this dead-letter queue is already running. */
export class RedriveRunsError extends Error {
  override readonly name = 'RedriveRunsError';
}

/** Lets SQS move the messages. Moves the messages one by one if SQS does not support that, as in the emulator. */
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
    if (/already|active/i.test(error.message))
      throw new RedriveRunsError('A redrive of the dead-letter queue is already running.');
    throw error;
  }
}

/**
 * Sends each message before deleting it from the dead-letter queue. A duplicate message is harmless, but a lost message
 * is not.
 */
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
