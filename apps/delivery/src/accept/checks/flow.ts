/** Checks of the flow: an upload is loaded from end to end, and the Lambda functions respond. */
import { GetJobRunsCommand, type JobRun } from '@aws-sdk/client-glue';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { ACCEPT_OWNER } from '@centflow/infra';
import { runCanary } from '../../canary/canary.ts';
import { type Check, expectThat, SeenError } from '../check.ts';
import type { AcceptContext } from '../context.ts';
import { invoke } from '../invoke.ts';
import type { OwnUpload } from '../own-uploads.ts';

/** Glue needs one or two minutes for each of the canary's three steps. */
const CANARY_SECONDS = 900;

export const canary: Check = {
  name: 'canary',
  proves: 'an upload of each feed is loaded with correct sums, can be corrected, and leaves no rows after its deletion',
  ifItFails:
    'find the part that stopped. The CloudWatch dashboard shows, from left to right, the queue, the log of the trigger, the Glue job runs and the log of the job',
  disruptive: null,
  run: async ({ environment, release, account, say }) => {
    const { s3, lambda } = account;
    const {
      passed,
      problem = '',
      steps,
    } = await runCanary({
      environment,
      release,
      s3,
      lambda,
      deadlineSeconds: CANARY_SECONDS,
      say: (line) => say(`    ${line}`),
    });
    expectThat(passed, problem);
    return `${steps.length} steps`;
  },
};

/** Returns an event of API Gateway's HTTP API without a signed-in user. */
function requestFor(path: string): object {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { host: 'accept' },
    requestContext: {
      domainName: 'accept',
      http: { method: 'GET', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'centflow-accept' },
      requestId: 'accept',
      stage: '$default',
      time: '01/Jan/2025:00:00:00 +0000',
      timeEpoch: 1735689600000,
    },
    isBase64Encoded: false,
  };
}

/** An event that changes nothing and causes no error, and the expected response, by function. */
export const harmlessEvents: Readonly<
  Record<string, { readonly event: object; readonly answer: RegExp } | 'checked apart'>
> = {
  trigger: { event: { Records: [] }, answer: /"batchItemFailures":\[\]/ },
  // The check `migrator-idempotent` invokes the migrator.
  migrator: 'checked apart',
  canary: { event: { owner: ACCEPT_OWNER }, answer: /"uploads":/ },
  console: { event: requestFor('/api/config'), answer: /"statusCode":200/ },
  operations: { event: requestFor('/api/operations/alarms'), answer: /"statusCode":401/ },
};

export const functionsAnswer: Check = {
  name: 'functions-answer',
  proves: 'each Lambda function is active, starts, and responds to a harmless event',
  ifItFails:
    'read the function’s log group `/aws/lambda/<name>`. If the group is missing, the function cannot start. Check its state, role and subnets in the Lambda console',
  disruptive: null,
  run: async (context) => {
    const { account, deployed, names } = context;
    const functions = deployed.all('aws_lambda_function').map(({ function_name }) => String(function_name));
    for (const FunctionName of functions) {
      const purpose = FunctionName.slice(names.prefix.length + 1);
      const {
        State,
        StateReason = '',
        LastUpdateStatus,
      } = await account.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      expectThat(State === 'Active' || State === 'Inactive', `${FunctionName} is ${State}: ${StateReason}`);
      expectThat(LastUpdateStatus !== 'Failed', `the last update of ${FunctionName} failed`);
      const harmless = harmlessEvents[purpose];
      if (harmless === undefined) {
        throw new SeenError(`accept has no harmless event for ${FunctionName}. Add one in accept/checks/flow.ts`);
      }
      if (harmless === 'checked apart') continue;
      const text = await invoke(context, FunctionName, harmless.event);
      expectThat(harmless.answer.test(compact(text)), `${FunctionName} answers ${text.slice(0, 300)}`);
    }
    return `${functions.length} functions`;
  },
};

/** Removes white space from JSON, because the emulator's answers contain some. */
function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

export const visibleInSeconds: Check = {
  name: 'visible-in-seconds',
  proves: 'an upload starts a job run, and its rows are visible within `watch.secondsToVisible`',
  ifItFails:
    'check the job run in Glue. Glue or its network causes a slow start, and the database causes a slow run. Then check `watch.secondsToVisible` in infra/src/environments.ts',
  disruptive: null,
  run: async (context) => {
    const { uploads, environment } = context;
    const upload = await uploads.put('visible');
    try {
      const { published_at, seconds_to_visible } = await uploads.waitUntilPublished(upload);
      const run = await findLoadingRun(context, upload);
      const visible = Date.parse(`${String(published_at).slice(0, 23).replace(' ', 'T')}Z`);
      const fromStart = (visible - (run.StartedOn?.getTime() ?? Number.NaN)) / 1000;
      const seconds = Number(seconds_to_visible);
      const { secondsToVisible } = environment.watch;
      expectThat(
        Number.isFinite(fromStart),
        `job run ${run.Id} has no start time, or the upload has no publication time`,
      );
      expectThat(
        seconds <= secondsToVisible,
        `the rows were visible after ${seconds.toFixed(1)} s, but the limit is ${secondsToVisible} s`,
      );
      const how =
        fromStart > seconds
          ? 'loaded by a job run that was already running'
          : `of which ${fromStart.toFixed(1)} s since the start of the job run`;
      return `${seconds.toFixed(1)} s from the upload until its rows were visible, ${how}; the limit is ${secondsToVisible} s`;
    } finally {
      await uploads.delete(upload);
    }
  },
};

/**
 * Returns the job run whose manifest names the upload. Otherwise a run that was already active loaded the upload (ADR
 * 0023), and is returned.
 */
async function findLoadingRun({ account, names, pace }: AcceptContext, { objectKey, at }: OwnUpload): Promise<JobRun> {
  return await pace.until(`a job run has a manifest that names ${objectKey}`, 60, async () => {
    const { JobRuns = [] } = await account.glue.send(new GetJobRunsCommand({ JobName: names.job, MaxResults: 50 }));
    for (const run of JobRuns) {
      const manifest = /^s3:\/\/([^/]+)\/(.+)$/.exec(run.Arguments?.['--manifest'] ?? '');
      // Allow for small clock differences.
      if (manifest === null || (run.StartedOn?.getTime() ?? 0) < at.getTime() - 60_000) continue;
      const { Body } = await account.s3.send(new GetObjectCommand({ Bucket: manifest[1], Key: manifest[2] }));
      if ((await Body?.transformToString())?.includes(objectKey)) return run;
    }
    return JobRuns.find(
      ({ StartedOn, CompletedOn }) => StartedOn !== undefined && StartedOn < at && (CompletedOn ?? at) >= at,
    );
  });
}
