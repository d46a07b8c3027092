import { pathToFileURL } from 'node:url';
import { contextWith } from './fakes.ts';

/** Imports the bundle, invokes it with one batch, and sends the answer. Runs in a separate process, like the Lambda. */
const [, , bundle = '', batch = ''] = process.argv;
try {
  const { handler } = await import(pathToFileURL(bundle).href);
  process.send?.({ answer: await handler(JSON.parse(batch), contextWith(30_000)) });
} catch (error) {
  process.send?.({ error: String(error) });
}
process.disconnect();
