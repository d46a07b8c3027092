/** Samples the memory and processor time of a stack's processes from /proc during a measurement. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Usages } from './results.ts';
import { round } from './statistics.ts';

type Kind = keyof Usages;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly cpuSeconds: number;
  readonly rssMb: number;
}

/**
 * Linux's clock ticks per second, and its page size in bytes. All x64 and arm64 systems that Node supports use these
 * values.
 */
const TICKS = 100;
const PAGE_BYTES = 4096;
const INTERVAL_MS = 200;

/** Maps a substring of a command line to the kind of the process. Any other process has the kind of its parent. */
const KINDS: readonly (readonly [pattern: string, kind: Kind])[] = [
  ['/tools/bench/python/', 'client'],
  ['bin/mysqld', 'mysqld'],
  ['emulator/launch.py', 'emulator'],
  ['emulator/spark_worker.py', 'driver'],
  ['org.apache.spark.deploy.SparkSubmit', 'jvm'],
  ['pyspark.daemon', 'worker'],
];

/** Runs `work`, and meanwhile samples the memory and processor time of this process's descendants. */
export async function withUsages<Result>(work: () => Promise<Result>): Promise<readonly [Result, Usages]> {
  const before = new Map(readDescendants().map(({ pid, cpuSeconds }) => [pid, cpuSeconds]));
  const cpu = new Map<number, readonly [Kind, number]>();
  const peaks = new Map<Kind, number>();
  const sample = () => {
    const processes = readDescendants();
    const kinds = classify(processes);
    for (const { pid, cpuSeconds, rssMb } of processes) {
      const kind = kinds.get(pid);
      if (kind === undefined) continue;
      cpu.set(pid, [kind, cpuSeconds - (before.get(pid) ?? 0)]);
      peaks.set(kind, Math.max(peaks.get(kind) ?? 0, rssMb));
    }
  };
  sample();
  const timer = setInterval(sample, INTERVAL_MS);
  try {
    const result = await work();
    sample();
    const usages: Usages = {};
    for (const [kind, peakRssMb] of peaks) {
      const cpuSeconds = [...cpu.values()].reduce((sum, [of, seconds]) => (of === kind ? sum + seconds : sum), 0);
      usages[kind] = { peakRssMb: round(peakRssMb, 0), cpuSeconds: round(cpuSeconds, 2) };
    }
    return [result, usages];
  } finally {
    clearInterval(timer);
  }
}

/** Returns the heap size of this stack's JVM in megabytes, from its command line. */
export function readHeapMb(): number {
  const jvm = readDescendants().find(({ command }) => command.includes('org.apache.spark.deploy.SparkSubmit'));
  const size = /-Xmx(\d+)([gm])/i.exec(jvm?.command ?? '');
  if (size === null) throw new Error('This process has no Spark child process with -Xmx. Start the stack first');
  return Number(size[1]) * (size[2]?.toLowerCase() === 'g' ? 1024 : 1);
}

/** Returns the kind of each process of the stack by process id. */
export function classify(processes: readonly Pick<Process, 'pid' | 'parent' | 'command'>[]): Map<number, Kind> {
  const byPid = new Map(processes.map((process) => [process.pid, process]));
  const kindOf = (pid: number): Kind | undefined => {
    const process = byPid.get(pid);
    if (process === undefined) return undefined;
    const parentKind = kindOf(process.parent);
    // The Java and Python child processes of a compared loader also count as the client.
    if (parentKind === 'client') return parentKind;
    const own = KINDS.find(([pattern]) => process.command.includes(pattern))?.[1];
    // The emulator runs each Lambda function as a Node process.
    if (own === undefined && parentKind === 'emulator' && /\bnode\b/.test(process.command)) return 'trigger';
    return own ?? parentKind;
  };
  return new Map(
    processes.flatMap(({ pid }) => {
      const kind = kindOf(pid);
      return kind === undefined ? [] : [[pid, kind] as const];
    }),
  );
}

function readDescendants(): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const below = (pid: number): Process[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  return below(process.pid);
}

function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The process name, in parentheses, may contain any character.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [, parent, userTicks, systemTicks, rssPages] = [0, 1, 11, 12, 21].map((index) => Number(fields[index]));
    return {
      pid,
      parent: parent ?? 0,
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
      cpuSeconds: ((userTicks ?? 0) + (systemTicks ?? 0)) / TICKS,
      rssMb: ((rssPages ?? 0) * PAGE_BYTES) / 2 ** 20,
    };
  } catch {
    // The process has ended since /proc was listed.
    return undefined;
  }
}
