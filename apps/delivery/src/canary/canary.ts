/**
 * The canary uploads, corrects and deletes a file of each feed for a separate owner. After each step, the views must
 * contain the right rows and sums.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import { CANARY_OWNER, type Environment, namesOf } from '@centflow/infra';
import type { Release } from '../release/release.ts';
import { type CanaryPlan, type Round, readCanaryPlan } from './canary-plan.ts';
import {
  checkCashFlow,
  checkNoRows,
  checkPublished,
  checkRemoved,
  type Difference,
  type PutFile,
} from './expectations.ts';
import { CanaryObjects } from './objects.ts';
import { type Observation, observe } from './observer.ts';

export interface CanaryOptions {
  readonly environment: Environment;
  /** The deployed release, which contains the matching canary plan. */
  readonly release: Release;
  readonly s3: S3Client;
  readonly lambda: LambdaClient;
  /** The time limit for all steps together. */
  readonly deadlineSeconds: number;
  /** Prints a line of progress. */
  readonly say: (line: string) => void;
}

export interface CanaryResult {
  readonly passed: boolean;
  /** The steps that were started, in order. */
  readonly steps: readonly { readonly name: string; readonly seconds: number }[];
  /** The failed step, with the expected and the actual result. */
  readonly problem?: string;
}

/** Milliseconds between two polls. They are short at first, because most uploads are loaded soon. */
const PAUSE = { first: 250, growth: 1.5, longest: 5000 } as const;

/** The time limit for deleting the objects after a failure, when the deadline may have passed. */
const CLEAN_UP_MS = 60_000;

/** Thrown if a step does not reach its expected result. */
class StepError extends Error {
  override readonly name = 'StepError';
}

/**
 * Runs the canary of a release in an environment. A failure is part of the result and is never thrown.
 *
 * The canary deletes its objects even after a failure. Do not run two canaries at once in one environment, because they
 * would delete each other's objects.
 */
export async function runCanary(options: CanaryOptions): Promise<CanaryResult> {
  const canary = new Canary(options);
  try {
    await canary.run(await readCanaryPlan(options.release));
    return { passed: true, steps: canary.steps };
  } catch (error) {
    const problem = [describe(error), ...(await canary.cleanUp())].join(' ');
    options.say(problem);
    return { passed: false, steps: canary.steps, problem };
  }
}

class Canary {
  readonly steps: { name: string; seconds: number }[] = [];
  readonly #options: CanaryOptions;
  readonly #objects: CanaryObjects;
  readonly #deadline: AbortSignal;
  readonly #unique: string;
  /** The object keys to which this canary may have uploaded. */
  readonly #put = new Set<string>();

  constructor(options: CanaryOptions) {
    this.#options = options;
    this.#objects = new CanaryObjects(options.s3, namesOf(options.environment).uploadsBucket);
    this.#deadline = AbortSignal.timeout(options.deadlineSeconds * 1000);
    this.#unique = `${options.release.version}-${randomBytes(8).toString('hex')}`;
  }

  async run(plan: CanaryPlan): Promise<void> {
    await this.#step('delete the objects of an earlier canary', () => this.#startClean());
    const first = await this.#step('show the uploaded rows in the views', () => this.#upload(plan, 'first'));
    const correction = await this.#step('show the corrected rows in the views', () =>
      this.#upload(plan, 'correction', first),
    );
    await this.#step('remove the deleted rows from the views', async () => {
      await this.#delete(this.#put);
      await this.#until(
        (seen) => firstOf([...first, ...correction].map((put) => checkRemoved(put, seen))) ?? checkNoRows(seen),
      );
    });
  }

  /**
   * Deletes the remaining objects after a failure.
   *
   * @returns a description of the objects that could not be deleted, and what to do
   */
  async cleanUp(): Promise<string[]> {
    const left = [...this.#put];
    if (left.length === 0) return [];
    try {
      await this.#delete(left, AbortSignal.timeout(CLEAN_UP_MS));
      return ["The canary's objects are deleted."];
    } catch (error) {
      const keys = left.map((key) => `s3://${this.#objects.bucket}/${key}`).join(' ');
      return [
        `The canary's objects could not be deleted (${describe(error)}). The next canary deletes them before it starts: ${keys}`,
      ];
    }
  }

  /** Deletes the objects of a killed canary, because their rows would change the sums that this canary expects. */
  async #startClean(): Promise<void> {
    const left = new Set(await this.#objects.list(this.#deadline));
    await this.#until((seen) => {
      // If the rows of a deleted object remain, the deletion event was lost. Deleting the object again sends another
      // event.
      for (const { state, object_key } of seen.uploads) if (state === 'published') left.add(object_key);
      return undefined;
    });
    if (left.size === 0) return;
    this.#options.say(`Deleting the objects of an earlier, interrupted canary: ${[...left].join(', ')}.`);
    await this.#delete(left);
    await this.#until(checkNoRows);
  }

  /** Uploads the files of all feeds, and waits until the views show them. */
  async #upload(plan: CanaryPlan, round: Round, before: readonly PutFile[] = []): Promise<PutFile[]> {
    const files = await Promise.all(
      plan.feeds.map(async ({ feed, [round]: file }): Promise<PutFile> => {
        const objectKey = this.#objects.keyOf(feed, this.#unique);
        this.#put.add(objectKey);
        return { objectKey, versionId: await this.#objects.put(objectKey, file.csv, this.#deadline), file };
      }),
    );
    await this.#until(
      (seen) =>
        firstOf([...files.map((put) => checkPublished(put, seen)), ...before.map((put) => checkRemoved(put, seen))]) ??
        checkCashFlow(plan.cashFlow[round], seen),
    );
    return files;
  }

  async #delete(keys: Iterable<string>, signal = this.#deadline): Promise<void> {
    await Promise.all([...keys].map((key) => this.#objects.delete(key, signal)));
    this.#put.clear();
  }

  async #step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const since = performance.now();
    let ended = 'failed';
    try {
      const result = await work();
      ended = 'done';
      return result;
    } catch (error) {
      const { deadlineSeconds } = this.#options;
      const late = this.#deadline.aborted ? ` at the canary's deadline of ${deadlineSeconds} s` : '';
      throw new StepError(`The canary's step "${name}" failed${late}. ${describe(error)}`, { cause: error });
    } finally {
      const seconds = Math.round((performance.now() - since) / 100) / 10;
      this.steps.push({ name, seconds });
      this.#options.say(`${name}: ${ended} after ${seconds.toFixed(1)} s`);
    }
  }

  /** Polls until the result is as expected. Throws if a different result is final, or at the deadline. */
  async #until(difference: (seen: Observation) => Difference | undefined): Promise<void> {
    let last = 'The views could not be read.';
    for (let wait: number = PAUSE.first; ; wait = Math.min(wait * PAUSE.growth, PAUSE.longest)) {
      try {
        const found = difference(await this.#look());
        if (found === undefined) return;
        last = `Expected: ${found.expected}. Seen: ${found.seen}.`;
        if (found.final) throw new StepError(last);
      } catch (error) {
        if (this.#deadline.aborted) throw new StepError(last);
        // Poll again, because a Lambda function that was just replaced or a database during a failover recovers soon.
        if (error instanceof StepError || isRefusal(error)) throw error;
        last = describe(error);
      }
      await pause(wait, undefined, { signal: this.#deadline }).catch(() => {
        throw new StepError(last);
      });
    }
  }

  #look(): Promise<Observation> {
    const { lambda, environment } = this.#options;
    return observe(lambda, {
      functionName: namesOf(environment).canary,
      owner: CANARY_OWNER,
      signal: this.#deadline,
    });
  }
}

/** Returns whether Lambda refuses the call because the function does not exist or the caller lacks the permission. */
function isRefusal(error: unknown): boolean {
  return error instanceof LambdaServiceException && [400, 403, 404].includes(error.$metadata.httpStatusCode ?? 0);
}

function firstOf(differences: readonly (Difference | undefined)[]): Difference | undefined {
  return differences.find((difference) => difference !== undefined);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error instanceof StepError ? error.message : `${error.name}: ${error.message}`;
}
