/**
 * Keeps the parts of a stack alive: the one place that knows each part's state, its restarts and their reasons.
 *
 * A part that ends, does not become ready or stops answering (a paused process) is started again, at first at once and
 * then less and less often. A part that cannot be kept alive is given up, with the reason.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartState } from '@centflow/local-processes/part-states';
import { type Part, PartError } from '@centflow/local-processes/supervise';

export interface PartStatus {
  readonly name: string;
  readonly state: PartState;
  readonly pid: number | null;
  readonly restarts: number;
  /** When and why the part was last started again, or went silent. */
  readonly lastTrouble: { readonly at: string; readonly reason: string } | null;
}

export interface PartPlan {
  readonly name: string;
  /** Starts the process and waits until it is ready. */
  readonly start: (signal: AbortSignal) => Promise<Part>;
  /** Tells a process that has just started what it cannot know. The part is ready only then. */
  readonly prepare?: () => Promise<void>;
}

export interface Limits {
  /** Attempts in a row, before the part was ready for the first time. */
  readonly firstAttempts: number;
  /** Attempts in a row, of which none led to a part that lived for `steadyMs`. */
  readonly attempts: number;
  readonly steadyMs: number;
  /** The wait before the second attempt. It doubles from one to the next. */
  readonly backoffMs: number;
  readonly backoffAtMostMs: number;
  readonly probeEveryMs: number;
  /** Probes without an answer, in a row, until a silent part is started again. */
  readonly probesMissed: number;
}

/** What holds where a stack says nothing else. */
export const DEFAULT_LIMITS: Limits = {
  firstAttempts: 8,
  attempts: 12,
  steadyMs: 20_000,
  backoffMs: 500,
  backoffAtMostMs: 15_000,
  probeEveryMs: 5_000,
  // With the time that a probe may take, about a minute and a half: a busy machine is no reason.
  probesMissed: 9,
};

export interface SupervisorOptions {
  /** Receives each restart with its reason, and that a part is well again. */
  readonly report: (message: string) => void;
  /** Called on each change, with all parts. */
  readonly onChange?: (parts: readonly PartStatus[]) => void;
  readonly limits?: Partial<Limits>;
}

export interface Supervised {
  /** Settles when the part is ready for the first time. Rejects if it is given up before. */
  readonly started: Promise<void>;
  pid(): number | undefined;
  stop(): Promise<void>;
}

export interface Supervisor {
  /** Starts a part and keeps it alive until it is stopped. */
  keep(plan: PartPlan): Supervised;
  /**
   * Does work that needs parts, and does it again when a part was away meanwhile. The work must bear repetition.
   *
   * @param needs the names of parts; all parts where left out
   */
  runWithParts<Result>(work: () => Promise<Result>, needs?: readonly string[]): Promise<Result>;
  parts(): readonly PartStatus[];
  /** Settles when a part is given up, with the reason. */
  readonly failed: Promise<string>;
  /** Calls the listener whenever a part is well again. */
  onRecovery(listener: () => void): void;
}

/** Errors of `through` that no restart explains are final after this many attempts. */
const CALM_ATTEMPTS = 3;
const CALM_WAIT_MS = 1_000;

interface Entry extends Supervised {
  status: PartStatus;
  part: Part | undefined;
  gaveUp: string | undefined;
  /** How often the part was away. */
  absences: number;
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

  /** Settles when the process has ended or is given up as silent, with the reason. */
  const untilLost = async (entry: Entry, part: Part, signal: AbortSignal): Promise<string> => {
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
      // A single miss is a busy machine.
      if (missed === 2 && entry.status.state === 'ready') {
        entry.absences += 1;
        change(entry, { state: 'silent', lastTrouble: { at: new Date().toISOString(), reason: 'did not answer' } });
        report(`${entry.status.name} does not answer`);
      }
    }
  };

  const keep = (plan: PartPlan): Supervised => {
    const stopping = new AbortController();
    const { signal } = stopping;
    const first = Promise.withResolvers<void>();
    // Whoever waits is told; nobody need wait.
    first.promise.catch(() => undefined);
    let loop: Promise<void> = Promise.resolve();
    const entry: Entry = {
      status: { name: plan.name, state: 'starting', pid: null, restarts: 0, lastTrouble: null },
      part: undefined,
      gaveUp: undefined,
      absences: 0,
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

    /** One life of the part, from its start to its end. Returns or throws the reason of the end. */
    const live = async (onReady: () => void): Promise<string> => {
      change(entry, { state: 'starting' });
      const part = await plan.start(signal);
      entry.part = part;
      change(entry, { pid: part.process.pid ?? null });
      try {
        const lost = untilLost(entry, part, signal);
        const lostFirst = lost.then((reason) => {
          throw new PartError(`${plan.name} ${reason}`);
        });
        lostFirst.catch(() => undefined);
        await Promise.race([plan.prepare?.(), lostFirst]);
        onReady();
        return await lost;
      } finally {
        // First what the dead one left: Spark's Java, the emulator's Lambdas.
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
          const ended = await live(() => {
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
        entry.absences += 1;
        failures = readySince !== undefined && Date.now() - readySince >= limits.steadyMs ? 1 : failures + 1;
        const trouble = { at: new Date().toISOString(), reason: firstLine(reason) };
        const most = everReady ? limits.attempts : limits.firstAttempts;
        if (failures >= most) {
          giveUp(reason, failures, trouble);
          return;
        }
        const wait =
          failures === 1 && everReady ? 0 : Math.min(limits.backoffAtMostMs, limits.backoffMs * 2 ** (failures - 1));
        report(
          `${firstLine(reason)}. Starting it again${wait === 0 ? '' : ` in ${wait / 1000} s`} (${failures} of ${most - 1})`,
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

  const untilReady = async (needs: readonly Entry[]): Promise<void> => {
    for (;;) {
      const gone = needs.find(({ gaveUp, status }) => gaveUp !== undefined || status.state === 'stopped');
      if (gone !== undefined) throw new PartError(gone.gaveUp ?? `${gone.status.name} was stopped`);
      if (needs.every(({ status }) => status.state === 'ready')) return;
      await changed.promise;
    }
  };
  const absencesOf = (needs: readonly Entry[]) => needs.reduce((sum, { absences }) => sum + absences, 0);
  const areWell = async (needs: readonly Entry[]) => {
    const answers = await Promise.all(needs.map(async ({ part }) => (await part?.answers()) ?? false));
    return answers.every(Boolean);
  };

  return {
    keep,
    runWithParts: async (work, needs) => {
      const needed = needs === undefined ? entries : entries.filter(({ status }) => needs.includes(status.name));
      for (let calm = 1; ; ) {
        await untilReady(needed);
        const before = absencesOf(needed);
        try {
          return await work();
        } catch (error) {
          const isDisturbed = absencesOf(needed) > before || !(await areWell(needed));
          if (!isDisturbed && calm >= CALM_ATTEMPTS) throw error;
          if (!isDisturbed) calm += 1;
          await sleep(CALM_WAIT_MS);
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
