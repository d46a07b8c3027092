import {
  ConcurrentRunsExceededException,
  GlueServiceException,
  OperationTimeoutException,
  ResourceNumberLimitExceededException,
  StartJobRunCommand,
  type StartJobRunCommandOutput,
} from '@aws-sdk/client-glue';
import { isThrottlingError } from '@smithy/core/retry';
import pRetry from 'p-retry';

/** The part of `GlueClient` that is used here. */
export interface JobRunStarter {
  send(command: StartJobRunCommand, options: { abortSignal: AbortSignal }): Promise<StartJobRunCommandOutput>;
}

/** A job run to start, and how long to try. */
export interface JobRunRequest {
  readonly jobName: string;
  /** Writes the run's manifest and returns its URI. Called at most once, before Glue is asked. */
  readonly writeManifest: () => Promise<string>;
  /** Where the run looks for further manifests. */
  readonly waitingFolder: string;
  /** How long to wait for a free slot. Zero: ask once. */
  readonly waitMs: number;
  /** Called while Glue has no room: offers the keys to the runs under way, and returns whether one has taken them. */
  readonly isTaken: () => Promise<boolean>;
  readonly signal: AbortSignal;
}

/** A job run is started, or one under way has taken the keys, or Glue has no room now. */
export type JobRunStart =
  | { readonly outcome: 'started'; readonly jobRunId: string }
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'busy'; readonly reason: string };

/** Glue refuses to start the job, and will until somebody changes something. No job run was started. */
export class JobRunRefusedError extends Error {
  override readonly name = 'JobRunRefusedError';
}

/** Nobody knows whether Glue started the job: the request failed on the way, or Glue failed while it worked on it. */
export class JobRunUncertainError extends Error {
  override readonly name = 'JobRunUncertainError';
}

/**
 * The least wait between two requests for a job run; each takes this up to twice as long, so that several Lambdas do not ask
 * in step. It does not grow, because a slot comes free when some job run ends. The SDK backs off by itself when throttled.
 */
const LEAST_PAUSE_MS = 1000;
/** The least wait between two looks at whether a run has taken the keys. A run looks for them four to ten times a second. */
const LOOK_MS = 100;
/**
 * Where Glue had no room for a batch a moment ago, the keys of the next one are offered at once, and Glue is asked after so
 * long: by then a run under way has taken them, in most cases.
 */
const OFFER_FIRST_MS = 500;

/** A job run that is under way has taken the keys. Ends the attempts to start another. */
class TakenError extends Error {}

/** Glue has no room now. */
class BusyError extends Error {}

/**
 * Makes the function that starts one job run for a manifest, or hands its keys to a run under way, waiting for either as
 * long as it may. It remembers from one batch to the next that Glue had no room.
 *
 * The function throws {@link JobRunRefusedError} when Glue refuses for another reason than having no room,
 * {@link JobRunUncertainError} when there was no clear answer, and what `writeManifest` throws.
 */
export function createStartJobRun(glue: JobRunStarter): (request: JobRunRequest) => Promise<JobRunStart> {
  let busy = new BusyError();
  let busyUntil = Number.NEGATIVE_INFINITY;
  return async (request) => {
    const mayOffer = request.waitMs > 0;
    const attempts = {
      retries: mayOffer ? Number.POSITIVE_INFINITY : 0,
      maxRetryTime: request.waitMs,
      minTimeout: LOOK_MS,
      factor: 1,
      randomize: true,
      shouldRetry: ({ error }: { error: Error }) => error instanceof BusyError,
    };
    let manifestUri: string | undefined;
    let askAt = Math.min(busyUntil, performance.now() + (mayOffer ? OFFER_FIRST_MS : 0));
    /** Places the keys in a job run under way or, now and then, in a new one. */
    const attempt = async () => {
      if (performance.now() >= askAt) {
        manifestUri ??= await request.writeManifest();
        try {
          return await requestJobRun(glue, request, manifestUri);
        } catch (error) {
          if (!(error instanceof BusyError)) throw error;
          busy = error;
          busyUntil = askAt = performance.now() + LEAST_PAUSE_MS * (1 + Math.random());
        }
      }
      if (mayOffer && (await request.isTaken())) throw new TakenError();
      throw busy;
    };
    try {
      return { outcome: 'started', jobRunId: await pRetry(attempt, attempts) };
    } catch (error) {
      if (error instanceof TakenError) return { outcome: 'taken' };
      if (error instanceof BusyError) return { outcome: 'busy', reason: error.message };
      throw error;
    }
  };
}

async function requestJobRun(
  glue: JobRunStarter,
  { jobName, waitingFolder, signal }: JobRunRequest,
  manifestUri: string,
): Promise<string> {
  const command = new StartJobRunCommand({
    JobName: jobName,
    Arguments: { '--keys-from': 'manifest', '--manifest': manifestUri, '--waiting-manifests': waitingFolder },
    // Where the job's own setting lets Glue queue its runs (for the sweep), these are held back by SQS all the same.
    JobRunQueuingEnabled: false,
  });
  try {
    const { JobRunId } = await glue.send(command, { abortSignal: signal });
    if (JobRunId === undefined) {
      throw new Error('the answer holds no JobRunId');
    }
    return JobRunId;
  } catch (error) {
    if (isBusy(error)) throw new BusyError(error.name);
    throw isRefusal(error) ? refused(jobName, error) : uncertain(jobName, signal.aborted ? signal.reason : error);
  }
}

type SdkError = Parameters<typeof isThrottlingError>[0];

/**
 * Whether Glue has no room now. The job's own limit (MaxConcurrentRuns) is `ConcurrentRunsExceededException`, the
 * account's quota of job runs or DPUs is `ResourceNumberLimitExceededException`, the rate of requests is a throttling
 * error, which the model of StartJobRun does not list.
 */
function isBusy(error: unknown): error is Error {
  return (
    error instanceof ConcurrentRunsExceededException ||
    error instanceof ResourceNumberLimitExceededException ||
    (error instanceof Error && isThrottlingError(error as SdkError))
  );
}

/** Whether Glue said no. A time-out, also its own, leaves open what happened. */
function isRefusal(error: unknown): error is GlueServiceException {
  return (
    error instanceof GlueServiceException && error.$fault === 'client' && !(error instanceof OperationTimeoutException)
  );
}

const REMEDIES: Readonly<Record<string, string>> = {
  AccessDeniedException: "Allow glue:StartJobRun on the job in the trigger's role.",
  EntityNotFoundException: 'Check GLUE_JOB_NAME, and that the job is deployed in this region.',
  InvalidInputException:
    "Compare the job's arguments with those the trigger passes: --keys-from, --manifest and --waiting-manifests.",
};

function refused(jobName: string, cause: GlueServiceException): JobRunRefusedError {
  const remedy = REMEDIES[cause.name] ?? 'Nothing is lost: the messages return to the queue.';
  return new JobRunRefusedError(`Glue refuses to start job ${jobName}: ${cause.name}: ${cause.message}. ${remedy}`, {
    cause,
  });
}

function uncertain(jobName: string, cause: unknown): JobRunUncertainError {
  return new JobRunUncertainError(
    `Glue gave no clear answer on starting job ${jobName}: ${cause}. A job run may be under way; ` +
      'the messages return to the queue, and reconciling a key twice changes nothing.',
    { cause },
  );
}
