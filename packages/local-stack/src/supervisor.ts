/**
 * Supervises the parts of a stack, and publishes the state, restarts and failure reasons of each part.
 *
 * The supervisor restarts a part that ends, does not become ready or stops responding (a paused process). The first
 * restart
 * is immediate, and the wait grows with each further restart. A part that keeps failing is given up, with the reason.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartState } from '@centflow/local-processes/part-states';
import { type Part, PartError } from '@centflow/local-processes/supervise';

export interface PartStatus {
  readonly name: string;
  readonly state: PartState;
  readonly pid: number | null;
  readonly restarts: number;
  /** The time and reason of the part's last restart, or of the last time when it stopped responding. */
  readonly lastTrouble: { readonly at: string; readonly reason: string } | null;
}

export interface PartPlan {
  readonly name: string;
  /** Starts the process and waits until it is ready. */
  readonly start: (signal: AbortSignal) => Promise<Part>;
  /** Configures a process that has just started. The part counts as ready only afterwards. */
  readonly prepare?: () => Promise<void>;
}

export interface Limits {
  /** The number of failed attempts after which a part that was never ready is given up. */
  readonly firstAttempts: number;
  /**
   * The number of failed attempts in a row after which a part is given up. An attempt fails if the part runs less than
   * `steadyMs`.
   */
  readonly attempts: number;
  readonly steadyMs: number;
  /** The wait before the second attempt, in milliseconds. The wait doubles with each further attempt. */
  readonly backoffMs: number;
  readonly backoffAtMostMs: number;
  readonly probeEveryMs: number;
  /** The number of failed probes in a row after which a part that does not respond is restarted. */
  readonly probesMissed: number;
}

/** The limits that apply unless a stack sets others. */
export const DEFAULT_LIMITS: Limits = {
  firstAttempts: 8,
  attempts: 12,
  steadyMs: 20_000,
  backoffMs: 500,
  backoffAtMostMs: 15_000,
  probeEveryMs: 5_000,
  // Nine probes take about a minute and a half, so that a busy machine alone does not cause a restart.
  probesMissed: 9,
};

export interface SupervisorOptions {
  /** Receives each restart with its reason, and each recovery. */
  readonly report: (message: string) => void;
  /** Called with all parts after each change. */
  readonly onChange?: (parts: readonly PartStatus[]) => void;
  readonly limits?: Partial<Limits>;
}

export interface Supervised {
  /** Resolves when the part is ready for the first time. Rejects if the part is given up before. */
  readonly started: Promise<void>;
  pid(): number | undefined;
  stop(): Promise<void>;
}

export interface Supervisor {
  /** Starts a part and keeps it alive until it is stopped. */
  keep(plan: PartPlan): Supervised;
  /**
   * Runs work that needs parts, and repeats it if a part was unavailable meanwhile. The work must be repeatable.
   *
   * @param needs the names of the parts; all parts if omitted
   */
  runWithParts<Result>(work: () => Promise<Result>, needs?: readonly string[]): Promise<Result>;
  parts(): readonly PartStatus[];
  /** Resolves with the reason when a part is given up. */
  readonly failed: Promise<string>;
  /** Calls the listener after each recovery of a part. */
  onRecovery(listener: () => void): void;
}

/** The number of failed attempts after which `runWithParts` throws the error of the work, if no part was unavailable. */
const WORK_ATTEMPTS = 3;
const WORK_RETRY_MS = 1_000;

interface Entry extends Supervised {
  status: PartStatus;
  part: Part | undefined;
  gaveUp: string | undefined;
  /** The number of times the part was unavailable. */
  outages: number;
}

/** Creates a supervisor without parts. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { report } = options;
  const entries: Entry[] = [];
  const listeners: (() => void)[] = [];
  const failed = Promise.withResolvers<string>();
  let changed = Promise.withResolvers<void>();

  const change = (entry: Entry, to: Partial<PartStatus>): void => {
    entry.status = { ...entry.status, ...to };
    options.onChange?.(entries.map(({ status }) => status));
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const recover = (entry: Entry, message: string): void => {
    report(`${entry.status.name} ${message}`);
    for (const listener of listeners) listener();
  };

  /** Waits until the process has ended or has failed too many probes, and returns the reason. */
  const waitUntilLost = async (entry: Entry, part: Part, signal: AbortSignal): Promise<string> => {
    for (let missed = 0; ; ) {
      const probing = new AbortController();
      const pause = sleep(limits.probeEveryMs, undefined, { ref: false, signal: probing.signal }).catch(
        () => undefined,
      );
      const outcome = await Promise.race([part.ended, pause]);
      probing.abort();
      if (outcome !== undefined) return `ended ${outcome}`;
      if (signal.aborted) return 'is stopped';
      if (await part.answers()) {
        if (missed > 0 && entry.status.state === 'silent') {
          change(entry, { state: 'ready' });
          recover(entry, 'answers again');
        }
        missed = 0;
        continue;
      }
      missed += 1;
      if (missed >= limits.probesMissed) return `did not answer ${missed} times in a row`;
      // A single failed probe is ignored, because a busy machine may cause it.
      if (missed === 2 && entry.status.state === 'ready') {
        entry.outages += 1;
        change(entry, { state: 'silent', lastTrouble: { at: new Date().toISOString(), reason: 'did not answer' } });
        report(`${entry.status.name} does not answer`);
      }
    }
  };

  const keep = (plan: PartPlan): Supervised => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const first = Promise.withResolvers<void>();
    // A rejection that nobody awaits must not end this process.
    first.promise.catch(() => undefined);
    let loop: Promise<void> = Promise.resolve();
    const entry: Entry = {
      status: { name: plan.name, state: 'starting', pid: null, restarts: 0, lastTrouble: null },
      part: undefined,
      gaveUp: undefined,
      outages: 0,
      started: first.promise,
      pid: () => entry.part?.process.pid,
      stop: async () => {
        stopping.abort();
        await entry.part?.stop();
        await loop;
        first.reject(new PartError(`${plan.name} was stopped`));
        change(entry, { state: 'stopped', pid: null });
      },
    };

    /** Runs the part once, from its start to its end. Returns or throws the reason for the end. */
    const runOnce = async (onReady: () => void): Promise<string> => {
      change(entry, { state: 'starting' });
      const part = await plan.start(signal);
      entry.part = part;
      change(entry, { pid: part.process.pid ?? null });
      try {
        const lost = waitUntilLost(entry, part, signal);
        const lostFirst = lost.then((reason) => {
          throw new PartError(`${plan.name} ${reason}`);
        });
        lostFirst.catch(() => undefined);
        await Promise.race([plan.prepare?.(), lostFirst]);
        onReady();
        return await lost;
      } finally {
        // Ends leftover child processes first, such as Spark's Java and the emulator's Lambdas.
        await part.stop();
        entry.part = undefined;
      }
    };

    const run = async (): Promise<void> => {
      let everReady = false;
      for (let failures = 0; !signal.aborted; ) {
        let readySince: number | undefined;
        let reason: string;
        try {
          const ended = await runOnce(() => {
            readySince = Date.now();
            change(entry, { state: 'ready' });
            if (everReady || entry.status.restarts > 0) recover(entry, 'is ready again');
            everReady = true;
            first.resolve();
          });
          reason = `${plan.name} ${ended}`;
        } catch (error) {
          reason = (error as Error).message;
        }
        if (signal.aborted) return;
        entry.outages += 1;
        failures = readySince !== undefined && Date.now() - readySince >= limits.steadyMs ? 1 : failures + 1;
        const trouble = { at: new Date().toISOString(), reason: firstLine(reason) };
        const maxAttempts = everReady ? limits.attempts : limits.firstAttempts;
        if (failures >= maxAttempts) {
          giveUp(reason, failures, trouble);
          return;
        }
        const wait =
          failures === 1 && everReady ? 0 : Math.min(limits.backoffAtMostMs, limits.backoffMs * 2 ** (failures - 1));
        report(
          `${firstLine(reason)}. Starting it again${wait === 0 ? '' : ` in ${wait / 1000} s`} (${failures} of ${maxAttempts - 1})`,
        );
        change(entry, { state: 'waiting', pid: null, restarts: entry.status.restarts + 1, lastTrouble: trouble });
        await sleep(wait, undefined, { signal }).catch(() => undefined);
      }
    };

    const giveUp = (reason: string, failures: number, lastTrouble: PartStatus['lastTrouble']): void => {
      entry.gaveUp = `${plan.name} cannot be kept alive: it failed ${failures} times in a row, the last time because ${reason}`;
      change(entry, { state: 'given up', pid: null, lastTrouble });
      first.reject(new PartError(entry.gaveUp));
      failed.resolve(entry.gaveUp);
    };

    entries.push(entry);
    loop = run();
    return entry;
  };

  const waitUntilReady = async (needs: readonly Entry[]): Promise<void> => {
    for (;;) {
      const lost = needs.find(({ gaveUp, status }) => gaveUp !== undefined || status.state === 'stopped');
      if (lost !== undefined) throw new PartError(lost.gaveUp ?? `${lost.status.name} was stopped`);
      if (needs.every(({ status }) => status.state === 'ready')) return;
      await changed.promise;
    }
  };
  const outagesOf = (needs: readonly Entry[]) => needs.reduce((sum, { outages }) => sum + outages, 0);
  const areAvailable = async (needs: readonly Entry[]) => {
    const answers = await Promise.all(needs.map(async ({ part }) => (await part?.answers()) ?? false));
    return answers.every(Boolean);
  };

  return {
    keep,
    runWithParts: async (work, needs) => {
      const needed = needs === undefined ? entries : entries.filter(({ status }) => needs.includes(status.name));
      for (let attempt = 1; ; ) {
        await waitUntilReady(needed);
        const before = outagesOf(needed);
        try {
          return await work();
        } catch (error) {
          const wasInterrupted = outagesOf(needed) > before || !(await areAvailable(needed));
          if (!wasInterrupted && attempt >= WORK_ATTEMPTS) throw error;
          if (!wasInterrupted) attempt += 1;
          await sleep(WORK_RETRY_MS);
        }
      }
    },
    parts: () => entries.map(({ status }) => status),
    failed: failed.promise,
    onRecovery: (listener) => void listeners.push(listener),
  };
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.replace(/\. Its log.*$/, '') ?? '';
}
