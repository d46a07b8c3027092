/** Runs a built Lambda in a separate process that has only the bundle and the given environment variables. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The remaining time in milliseconds that the handler reads from its context. */
const REMAINING_MS = 30_000;

/** The result of one invocation. */
export interface Invocation {
  readonly answer?: unknown;
  /** The error that the handler threw, as `<name>: <message>`. */
  readonly error?: string;
  /** Everything that the process wrote to standard output and standard error. */
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
  const ended = once(child, 'exit').then(() => [{ error: 'The process ended without a response.' }]);
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [Omit<Invocation, 'output'>];
  return { ...report, output: (await written).join('') };
}

/** Runs in the separate process: invokes the handler and sends its answer. */
async function answer([bundle = '', event = '']: readonly string[]): Promise<void> {
  try {
    const { handler } = await import(pathToFileURL(bundle).href);
    await send({ answer: await handler(JSON.parse(event), { getRemainingTimeInMillis: () => REMAINING_MS }) });
  } catch (error) {
    await send({ error: String(error) });
  }
  // Like Lambda, which freezes the process after the response, end the process even if connections are still open.
  process.exit();
}

function send(report: Omit<Invocation, 'output'>): Promise<void> {
  return new Promise((sent) => {
    process.send?.(report, () => sent());
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await answer(process.argv.slice(2));
