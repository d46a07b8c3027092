import { pathToFileURL } from 'node:url';
import { contextWith } from './fakes.ts';

/** Runs in a process of its own, like the Lambda: imports the bundle, hands it one batch, reports its answer. */
const [, , bundle = '', batch = ''] = process.argv;
try {
  const { handler } = await import(pathToFileURL(bundle).href);
  process.send?.({ answer: await handler(JSON.parse(batch), contextWith(30_000)) });
} catch (error) {
  process.send?.({ error: String(error) });
}
process.disconnect();
