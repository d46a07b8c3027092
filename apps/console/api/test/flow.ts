/** Creates the queues and the job like packages/local-stack, for a stack without a pipeline. */
import { CreateJobCommand, GlueClient } from '@aws-sdk/client-glue';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { awsOf } from '../local/config.ts';
import type { World } from './world.ts';

export interface Flow {
  readonly sqs: SQSClient;
  readonly glue: GlueClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

export async function createFlow({ config }: World): Promise<Flow> {
  const aws = awsOf(config);
  const [sqs, glue] = [new SQSClient(aws), new GlueClient(aws)];
  const create = async (QueueName: string) => (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? '';
  await glue.send(
    new CreateJobCommand({
      Name: config.GLUE_JOB_NAME,
      Role: 'arn:aws:iam::000000000000:role/centflow-local-load',
      Command: { Name: 'glueetl', PythonVersion: '3', ScriptLocation: 's3://nowhere/job.py' },
      GlueVersion: '6.0',
      WorkerType: 'G.1X',
      NumberOfWorkers: 2,
    }),
  );
  return {
    ...{ sqs, glue },
    queueUrl: await create(config.QUEUE_NAME),
    deadLetterQueueUrl: await create(config.DEAD_LETTER_QUEUE_NAME),
  };
}
