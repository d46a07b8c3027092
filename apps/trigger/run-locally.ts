/** Runs the trigger once against the local stack: `node run-locally.ts [event file]`. The stack of `npm start` must run. */
import { join } from 'node:path';
import { readLocalStack, runLocally } from '@centflow/lambda-kit/run-locally';
import { bundleLambda } from './build.ts';

const [eventFile = join(import.meta.dirname, 'events', 'object-created.json')] = process.argv.slice(2);

await runLocally({
  bundleLambda,
  eventFile,
  env: { ...(await readLocalStack()), GLUE_JOB_NAME: 'centflow-local-load', ENVIRONMENT: 'local' },
});
