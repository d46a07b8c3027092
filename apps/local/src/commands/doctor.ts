/** `doctor`: asks each part how it is, and says what to do about those that are not well. */
import { statfsSync } from 'node:fs';
import { GetJobRunsCommand } from '@aws-sdk/client-glue';
import { GetFunctionCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetBucketNotificationConfigurationCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Command } from 'commander';
import type { Clients } from '../clients.ts';
import { queryRows, withConnection } from '../database.ts';
import { type RunningStack, readEnvironment } from '../environment.ts';
import { EXIT } from '../exit.ts';
import { NAMES } from '../names.ts';
import { readToolPaths, runFolder } from '../paths.ts';
import { print, printJson } from '../screen.ts';
import { renderTable } from '../table.ts';
import { viewNames } from './report.ts';
import { type JsonOption, withJson, withStack } from './shared.ts';

type Finding = {
  readonly part: string;
  readonly status: 'well' | 'look' | 'ill';
  readonly finding: string;
  /** What to do; empty where all is well. */
  readonly remedy: string;
};

/** What a check says; it throws where it cannot even ask. */
type Check = () => Promise<Omit<Finding, 'part'>>;

const well = (finding: string) => ({ status: 'well', finding, remedy: '' }) as const;
const look = (finding: string, remedy: string) => ({ status: 'look', finding, remedy }) as const;
const ill = (finding: string, remedy: string) => ({ status: 'ill', finding, remedy }) as const;

const LEAST_FREE_BYTES = 2 * 2 ** 30;
const RESTART = 'stop the stack (Ctrl-C) and start it again: npm start';

export function addDoctor(program: Command): void {
  withJson(program.command('doctor').description('check every part of the local stack, and say what to do')).action(
    doctor,
  );
}

async function doctor({ json }: JsonOption): Promise<void> {
  const findings = await runChecks({ 'set-up': checkTools, disk: checkDisk, stack: checkRunning });
  if (findings.every(({ status }) => status !== 'ill')) {
    findings.push(...(await withStack((stack, clients) => runChecks(partChecks(stack, clients)))));
  }
  if (json) printJson(findings);
  else print(renderTable(findings));
  if (findings.some(({ status }) => status === 'ill')) process.exitCode = EXIT.differs;
}

async function runChecks(checks: Readonly<Record<string, Check>>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [part, check] of Object.entries(checks)) {
    try {
      findings.push({ part, ...(await check()) });
    } catch (error) {
      findings.push({ part, ...ill((error as Error).message, RESTART) });
    }
  }
  return findings;
}

async function checkTools() {
  const { python } = readToolPaths();
  return well(`Node ${process.versions.node}, ${python}`);
}

async function checkDisk() {
  const { bavail, bsize } = statfsSync(runFolder);
  const free = `${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB free`;
  return bavail * bsize < LEAST_FREE_BYTES ? look(free, `make room, or remove ${runFolder}/cache`) : well(free);
}

async function checkRunning() {
  try {
    return well(`process ${readEnvironment().pid}`);
  } catch (error) {
    return ill((error as Error).message, 'npm start');
  }
}

function partChecks(stack: RunningStack, { s3, sqs, lambda, glue }: Clients): Record<string, Check> {
  return {
    bucket: async () => {
      const bucket = { Bucket: stack.bucket };
      const { Status } = await s3.send(new GetBucketVersioningCommand(bucket));
      if (Status !== 'Enabled') return ill('versioning is off: a correction would lose the former version', RESTART);
      const { QueueConfigurations = [] } = await s3.send(new GetBucketNotificationConfigurationCommand(bucket));
      return QueueConfigurations.length === 0
        ? ill('its events go nowhere', RESTART)
        : well('versioned, events go to the queue');
    },
    queue: async () => {
      const { waiting, taken } = await queueDepth(sqs, NAMES.queue);
      return well(`${waiting} waiting, ${taken} being handled`);
    },
    'dead-letter queue': async () => {
      const { waiting } = await queueDepth(sqs, NAMES.deadLetterQueue);
      return waiting === 0
        ? well('empty')
        : look(
            `${waiting} message(s) that the trigger could not handle`,
            'see logs/aws.log, then: npm run centflow -- redrive',
          );
    },
    trigger: async () => {
      const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: NAMES.trigger }));
      const { EventSourceMappings = [] } = await lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName: NAMES.trigger }),
      );
      if (EventSourceMappings.length !== 1) return ill(`${EventSourceMappings.length} queues feed it, not 1`, RESTART);
      return well(
        `${Configuration?.Runtime}, ${EventSourceMappings[0]?.LastProcessingResult ?? 'nothing handled yet'}`,
      );
    },
    job: async () => {
      const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName: NAMES.job }));
      const last = [...JobRuns].sort((a, b) => Number(b.StartedOn) - Number(a.StartedOn))[0];
      if (last === undefined) return well('no run yet');
      const finding = `${JobRuns.length} run(s), the last ${last.JobRunState}`;
      return last.JobRunState === 'FAILED'
        ? look(`${finding}: ${last.ErrorMessage}`, 'see logs/spark.log, then: npm run centflow -- sweep')
        : well(finding);
    },
    database: async () =>
      withConnection(stack.databaseUrl, async (reporter) => {
        for (const view of viewNames) await queryRows(reporter, 'SELECT * FROM ?? LIMIT 0', [view]);
        return well(`${viewNames.length} report views`);
      }),
    console: async () => {
      const { status } = await fetch(stack.consoleUrl, { signal: AbortSignal.timeout(5_000) });
      return status === 200 ? well(stack.consoleUrl) : ill(`${stack.consoleUrl} answers ${status}`, RESTART);
    },
    uploads: async () =>
      withConnection(stack.databaseUrl, async (reporter) => {
        const states = await queryRows<{ state: string; uploads: number }>(
          reporter,
          'SELECT state, count(*) AS uploads FROM v_upload_accounting GROUP BY state ORDER BY state',
        );
        const finding = states.map(({ state, uploads }) => `${uploads} ${state}`).join(', ') || 'none';
        return states.some(({ state }) => state === 'failed')
          ? look(finding, 'npm run centflow -- uploads --state failed, then: npm run centflow -- sweep')
          : well(finding);
      }),
  };
}

async function queueDepth(sqs: SQSClient, name: string): Promise<{ waiting: number; taken: number }> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    taken: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}
