/** `node apps/console/api/local/main.ts`: serves until SIGTERM, or until standard input ends; prints one line of JSON when it does. */
import { readLocalConfig } from './config.ts';
import { startServer } from './server.ts';

// Listened for before anybody is told that it serves: who reads the line may end it at once.
const told = new Promise<void>((resolve) => {
  process.stdin.once('end', resolve).once('close', resolve).resume();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});
const server = await startServer(readLocalConfig(process.env));
console.log(JSON.stringify({ url: server.url }));
await told;
process.stdin.pause();
await server.close();
