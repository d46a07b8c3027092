/** The handlers of the Lambda function `console` for files, money and the pipeline's state, but not for the session. */
import type { LocalRoute } from './access.ts';
import type { Bucket } from './bucket.ts';
import type { Handlers } from './context.ts';
import type { Database } from './database.ts';
import { objectHandlers } from './objects.ts';
import { overlapHandlers } from './overlap.ts';
import { pipelineHandlers } from './pipeline.ts';
import { reportHandlers } from './reports.ts';
import { sendHandlers } from './sends.ts';
import { templateHandlers } from './templates.ts';
import { transactionHandlers } from './transactions.ts';
import { uploadHandlers, uploadsView } from './uploads.ts';

type Elsewhere =
  | LocalRoute
  | 'getConfig'
  | 'getSession'
  | 'listJobRuns'
  | 'countDeadLetters'
  | 'listAlarms'
  | 'redrive'
  | 'sweep';

export interface ConsoleParts {
  readonly database: Database;
  readonly bucket: Bucket;
}

export function consoleHandlers({ database, bucket }: ConsoleParts): Omit<Handlers, Elsewhere> {
  return {
    ...uploadHandlers(database, bucket),
    ...sendHandlers(bucket),
    ...objectHandlers(bucket, uploadsView(database)),
    ...overlapHandlers(database),
    ...templateHandlers(bucket),
    ...reportHandlers(database),
    ...transactionHandlers(database),
    ...pipelineHandlers(database),
  };
}
