/** How a built Lambda is tried: in a process of its own, with nothing but its bundle and its environment. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Invocation {
  readonly answer?: unknown;
  /** `<name>: <message>`. */
  readonly error?: string;
  /** All that it wrote. */
  readonly output: string;
}

/** Invokes the handler of a bundle once. */
export async function invokeLambda(
  bundle: string,
  event: unknown,
  env: Readonly<Record<string, string>>,
): Promise<Invocation> {
  const child = fork(fileURLToPath(import.meta.url), [bundle, JSON.stringify(event)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    cwd: tmpdir(),
    env,
  });
  const written = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')));
  const ended = once(child, 'exit').then(() => [{ error: 'it ended without an answer' }]);
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [Omit<Invocation, 'output'>];
  return { ...report, output: (await written).join('') };
}

/** In the other process. */
async function answer([bundle = '', event = '']: readonly string[]): Promise<void> {
  try {
    const { handler } = await import(pathToFileURL(bundle).href);
    await send({ answer: await handler(JSON.parse(event), {}) });
  } catch (error) {
    await send({ error: String(error) });
  }
  // Lambda freezes the process once there is an answer, whatever is still open.
  process.exit();
}

function send(report: Omit<Invocation, 'output'>): Promise<void> {
  return new Promise((sent) => {
    process.send?.(report, () => sent());
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await answer(process.argv.slice(2));
