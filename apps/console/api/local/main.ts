/** Runs the local server until SIGTERM or the end of standard input. Prints one line of JSON when it is ready. */
import { readLocalConfig } from './config.ts';
import { startServer } from './server.ts';

// Registers the handlers before printing the ready line, because its reader may stop the server immediately.
const stopped = new Promise<void>((resolve) => {
  process.stdin.once('end', resolve).once('close', resolve).resume();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});
const server = await startServer(readLocalConfig(process.env));
console.log(JSON.stringify({ url: server.url }));
await stopped;
process.stdin.pause();
await server.close();
