/** `node apps/console/api/local/main.ts`: serves until SIGTERM, or until standard input ends; prints one line of JSON when it does. */
import { readLocalConfig } from './config.ts';
import { startServer } from './server.ts';

const server = await startServer(readLocalConfig(process.env));
console.log(JSON.stringify({ url: server.url }));

await new Promise<void>((told) => {
  process.stdin.once('end', told).once('close', told).resume();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => told());
});
process.stdin.pause();
await server.close();
