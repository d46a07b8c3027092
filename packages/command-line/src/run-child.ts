/** Runs another program and waits until it exits. */
import { spawn } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs a program that writes to the output of this process. Stops the program when this process receives a request to
 * stop.
 *
 * @param env variables to add to the environment of this process; undefined removes a variable
 * @returns the exit code of the program; 1 if a signal ended it
 */
export async function runChild(
  command: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): Promise<number> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  // The IPC channel closes when the parent process has ended.
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
