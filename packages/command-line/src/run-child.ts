/** Runs another program of the set-up to its end. */
import { spawn } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs a program that prints where this one prints, and ends it with this process.
 *
 * @param env beside this process's own environment; undefined takes a variable away
 * @returns its exit code; 1 where a signal ended it
 */
export async function runChild(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<number> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  // The channel's end tells that the process that started this one is gone.
  const end = () => child.kill('SIGTERM');
  for (const signal of SIGNALS) process.on(signal, pass);
  process.on('disconnect', end);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
    process.off('disconnect', end);
  }
}
