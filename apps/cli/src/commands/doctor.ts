/** `doctor`: uses each part, and says what to do about those that are not well. */
import { statfsSync } from 'node:fs';
import { GetJobRunsCommand } from '@aws-sdk/client-glue';
import { GetFunctionCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { GetBucketNotificationConfigurationCommand, GetBucketVersioningCommand } from '@aws-sdk/client-s3';
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { EXIT } from '@centflow/command-line/exit';
import { print, printJson } from '@centflow/command-line/screen';
import { renderTable } from '@centflow/command-line/table';
import { inTime } from '@centflow/local-processes/in-time';
import { dataFolder, readToolPaths, runFolder } from '@centflow/local-processes/paths';
import type { Clients } from '@centflow/local-stack/clients';
import { queryRows, withConnection } from '@centflow/local-stack/database';
import { NAMES } from '@centflow/local-stack/names';
import { readParts } from '@centflow/local-stack/parts-file';
import { type RunningStack, readEnvironment } from '@centflow/local-stack/running-stack';
import type { Command } from 'commander';
import { probeFlow } from './probe.ts';
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
const PROBE_WITHIN_MS = 120_000;
const CHECK_WITHIN_MS = PROBE_WITHIN_MS + 30_000;
const RESTART = 'stop the stack (Ctrl-C) and start it again: npm start';

export function addDoctor(program: Command): void {
  withJson(program.command('doctor').description('check every part of the local stack, and say what to do')).action(
    doctor,
  );
}

async function doctor({ json }: JsonOption): Promise<void> {
  const findings = await runChecks({ 'set-up': checkTools, disk: checkDisk, stack: checkRunning });
  if (findings.every(({ status }) => status !== 'ill')) {
    findings.push(...checkSupervised());
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
      findings.push({ part, ...(await inTime(check(), CHECK_WITHIN_MS)) });
    } catch (error) {
      findings.push({ part, ...ill((error as Error).message, RESTART) });
    }
  }
  return findings;
}

/** What `npm start` knows of its parts: it starts those again that end or do not answer. */
function checkSupervised(): Finding[] {
  const parts = readParts(dataFolder)?.parts ?? [];
  return parts.map(({ name, state, restarts, lastTrouble }) => {
    const trouble = lastTrouble === null ? '' : `${lastTrouble.reason} (${lastTrouble.at})`;
    const part = `process of ${name}`;
    if (state === 'ready') {
      return {
        part,
        ...well(restarts === 0 ? 'runs' : `runs, started again ${times(restarts)}; the last reason: ${trouble}`),
      };
    }
    if (state === 'given up') return { part, ...ill(`cannot be kept alive: ${trouble}`, RESTART) };
    return {
      part,
      ...ill(`${state}${trouble === '' ? '' : `: ${trouble}`}`, 'it is started again: wait a minute, then ask again'),
    };
  });
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
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

function partChecks(stack: RunningStack, clients: Clients): Record<string, Check> {
  const { s3, sqs, lambda, glue } = clients;
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
      // The page, and an answer that takes the database.
      for (const url of [stack.consoleUrl, `${stack.consoleUrl}/api/local/owners`]) {
        const { status } = await fetch(url, { signal: AbortSignal.timeout(10_000) });
        if (status !== 200) return ill(`${url} answers ${status}`, RESTART);
      }
      return well(stack.consoleUrl);
    },
    flow: async () => {
      const seconds = await probeFlow(stack, clients, PROBE_WITHIN_MS);
      return well(`a file went from its event through a job run into the database in ${seconds.toFixed(1)} s`);
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
