import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Part, startPart } from '@centflow/local-processes/supervise';
import { waitFor } from '@centflow/local-processes/wait-for';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSupervisor, type Limits, type PartPlan, type Supervised, type Supervisor } from './supervisor.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-supervisor-'));
const quick: Limits = {
  firstAttempts: 3,
  attempts: 4,
  steadyMs: 3_600_000,
  backoffMs: 1,
  backoffAtMostMs: 2,
  probeEveryMs: 10,
  probesMissed: 1_000,
};

let reports: string[];
let kept: Supervised[];

beforeEach(() => {
  reports = [];
  kept = [];
});
afterEach(() => Promise.all(kept.map((part) => part.stop())));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Returns whether the kernel reports a process as paused (state `T`). */
function isPaused(pid: number | undefined): boolean {
  try {
    return / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''));
  } catch {
    return false;
  }
}

/** Returns the child of a process. */
function childOf(pid: number | undefined): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? undefined : Number(children);
}

/** Returns a plan for a real process that responds unless it is paused. */
function sleeper(changes: Partial<PartPlan> = {}): PartPlan {
  let part: Part | undefined;
  return {
    name: 'The sleeper',
    start: async (signal) => {
      part = await startPart({
        name: 'The sleeper',
        command: '/bin/sleep',
        args: ['1000'],
        env: {},
        logFile: join(folder, 'sleeper.log'),
        isReady: async () => part === undefined || !isPaused(part.process.pid),
        readyWithinMs: 60_000,
        stopWithinMs: 100,
        signal,
      });
      return part;
    },
    ...changes,
  };
}

function supervise(limits: Partial<Limits> = {}): Supervisor {
  const supervisor = createSupervisor({ report: (message) => reports.push(message), limits: { ...quick, ...limits } });
  return {
    ...supervisor,
    keep: (plan) => {
      const part = supervisor.keep(plan);
      kept.push(part);
      return part;
    },
  };
}

const kill = (part: Supervised, signal: NodeJS.Signals) => process.kill(part.pid() ?? 0, signal);

describe('a supervised part', () => {
  test('is restarted when it is killed, and the reason is reported', async () => {
    const supervisor = supervise();
    const part = supervisor.keep(sleeper());
    await part.started;
    const first = part.pid();
    kill(part, 'SIGKILL');
    await waitFor(async () => (supervisor.parts()[0]?.state === 'ready' && part.pid() !== first ? true : undefined));
    expect(supervisor.parts()).toEqual([
      {
        name: 'The sleeper',
        state: 'ready',
        pid: part.pid(),
        restarts: 1,
        lastTrouble: { at: expect.any(String), reason: 'The sleeper ended by SIGKILL' },
      },
    ]);
    expect(reports).toEqual(['The sleeper ended by SIGKILL. Starting it again (1 of 3)', 'The sleeper is ready again']);
  });

  test('is given up with the reason when it keeps failing, and work that needs it fails', async () => {
    const supervisor = supervise();
    const prepare = async () => {
      kill(part, 'SIGKILL');
      await new Promise(() => undefined);
    };
    const part = supervisor.keep(sleeper({ prepare }));
    await expect(part.started).rejects.toThrow('The sleeper cannot be kept alive: it failed 3 times in a row');
    expect(await supervisor.failed).toMatch('the last time because The sleeper ended by SIGKILL');
    await expect(supervisor.runWithParts(async () => 1)).rejects.toThrow('cannot be kept alive');
    expect(supervisor.parts()[0]?.state).toBe('given up');
  });

  test('is given up with the end of its log if it never starts', async () => {
    const supervisor = supervise();
    const part = supervisor.keep(sleeper({ start: failingStart }));
    await expect(part.started).rejects.toThrow(/The failing one ended with code 1\. Its log, .*, ends with:/);
  });

  test('has the state silent while it is paused, and ready after it is resumed', async () => {
    const supervisor = supervise();
    const recoveries: string[] = [];
    supervisor.onRecovery(() => recoveries.push('recovered'));
    const part = supervisor.keep(sleeper());
    await part.started;
    const pid = part.pid();
    kill(part, 'SIGSTOP');
    await waitFor(async () => (supervisor.parts()[0]?.state === 'silent' ? true : undefined));
    expect(recoveries).toEqual([]);
    kill(part, 'SIGCONT');
    await waitFor(async () => (supervisor.parts()[0]?.state === 'ready' ? true : undefined));
    expect(part.pid()).toBe(pid);
    expect(reports).toEqual(['The sleeper does not answer', 'The sleeper answers again']);
    expect(recoveries).toEqual(['recovered']);
  });

  test('is restarted if it stays paused', async () => {
    const supervisor = supervise({ probesMissed: 5 });
    const part = supervisor.keep(sleeper());
    await part.started;
    const pid = part.pid();
    kill(part, 'SIGSTOP');
    await waitFor(async () => (supervisor.parts()[0]?.restarts === 1 && part.pid() !== pid ? true : undefined));
    expect(supervisor.parts()[0]?.lastTrouble?.reason).toBe('The sleeper did not answer 5 times in a row');
    await supervisor.runWithParts(async () => undefined);
  });

  test('is restarted if a child process stays paused, and none of its old processes remains', async () => {
    const supervisor = supervise({ probesMissed: 3 });
    // Like a Python process of Spark, the child leaves the process group, and the parent responds without it.
    const start = (signal: AbortSignal) =>
      startPart({
        name: 'The parent',
        command: '/bin/sh',
        args: ['-c', 'setsid sleep 1001 & wait'],
        env: {},
        logFile: join(folder, 'parent.log'),
        isReady: async () => true,
        readyWithinMs: 60_000,
        stopWithinMs: 100,
        signal,
      });
    const part = supervisor.keep({ name: 'The parent', start });
    await part.started;
    const child = await waitFor(async () => childOf(part.pid()));
    process.kill(child, 'SIGSTOP');
    await waitFor(async () => (supervisor.parts()[0]?.restarts === 1 ? true : undefined));
    expect(supervisor.parts()[0]?.lastTrouble?.reason).toBe('The parent did not answer 3 times in a row');
    await waitFor(async () => (existsSync(`/proc/${child}`) ? undefined : true));
  });

  test('runs its prepare function at each start, and is restarted if that function fails', async () => {
    const supervisor = supervise();
    const outcomes = [() => undefined, () => Promise.reject(new Error('no')), () => undefined];
    let prepared = 0;
    const prepare = async () => {
      prepared += 1;
      await outcomes[prepared - 1]?.();
    };
    const part = supervisor.keep(sleeper({ prepare }));
    await part.started;
    kill(part, 'SIGKILL');
    await waitFor(async () => (prepared === 3 && supervisor.parts()[0]?.state === 'ready' ? true : undefined));
    expect(supervisor.parts()[0]?.restarts).toBe(2);
  });

  test('can be stopped during its start', async () => {
    const supervisor = supervise();
    const part = supervisor.keep({ ...sleeper(), prepare: () => new Promise(() => undefined) });
    await waitFor(async () => (supervisor.parts()[0]?.pid === null ? undefined : true));
    await part.stop();
    await expect(part.started).rejects.toThrow('was stopped');
    expect(supervisor.parts()[0]).toMatchObject({ state: 'stopped', pid: null, restarts: 0 });
  });
});

async function failingStart(signal: AbortSignal): Promise<Part> {
  return startPart({
    name: 'The failing one',
    command: '/bin/false',
    args: [],
    env: {},
    logFile: join(folder, 'failing.log'),
    isReady: async () => false,
    readyWithinMs: 60_000,
    stopWithinMs: 10_000,
    signal,
  });
}

describe('runWithParts', () => {
  test('waits for the part, and repeats the work if the part was unavailable during the work', async () => {
    const supervisor = supervise();
    const part = supervisor.keep(sleeper());
    let attempts = 0;
    const result = await supervisor.runWithParts(async () => {
      attempts += 1;
      if (attempts > 1) return 'done';
      kill(part, 'SIGKILL');
      await waitFor(async () => (supervisor.parts()[0]?.restarts === 1 ? true : undefined));
      throw new Error('connection lost');
    });
    expect(result).toBe('done');
    expect(attempts).toBe(2);
  });

  test('throws the error of the work if every part was available', async () => {
    const supervisor = supervise();
    supervisor.keep(sleeper());
    let attempts = 0;
    const work = supervisor.runWithParts(async () => {
      attempts += 1;
      throw new Error('its own');
    });
    await expect(work).rejects.toThrow('its own');
    expect(attempts).toBe(3);
  });
});
