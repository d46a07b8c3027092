import { pathToFileURL } from 'node:url';

/** Runs in a process of its own, like the Lambda: imports the bundle, hands it one event, reports its answer. */
const [, , bundle = '', event = ''] = process.argv;
try {
  const { handler } = await import(pathToFileURL(bundle).href);
  process.send?.({ answer: await handler(JSON.parse(event), {}) });
} catch (error) {
  process.send?.({ error: String(error) });
}
process.disconnect();
