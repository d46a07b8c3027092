/**
 * Starts a temporary stack with the samples and the console: `node apps/console/api/local/dev.ts [--port 4000] [--web]`.
 *
 * The stack runs until Ctrl-C. With `--web`, the console also serves dist/web. Without `--web`, Vite's development
 * server forwards /api/ to the console.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startConsole } from '../../e2e/stack.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, web: { type: 'boolean', default: false } },
});
const webFolder = fileURLToPath(new URL('../../dist/web', import.meta.url));

const running = await startConsole({
  samples: true,
  port: Number(values.port),
  ...(values.web ? { webFolder } : {}),
});
const { endpointUrl, bucket } = running.stack.description;
console.log(JSON.stringify({ url: running.url, endpointUrl, bucket }));

await new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});
await running[Symbol.asyncDispose]();
