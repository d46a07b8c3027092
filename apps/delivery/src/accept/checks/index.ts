/** All checks in the order in which they run: prerequisites of others first, disruptive checks late. */
import type { Check } from '../check.ts';
import { alarmMails, failureMail, failureRule, subscriptions } from './alarms.ts';
import { operatorsActions, operatorsRoutes, ownersRoutes, pages, signedUpload, strangers } from './console.ts';
import { backup, migratorIdempotent, secretRotation } from './database.ts';
import { deadLetters } from './dead-letters.ts';
import { canary, functionsAnswer, visibleInSeconds } from './flow.ts';
import { crawler, jobQueuing, sweepByClock, sweepRuns } from './job.ts';
import { jobLogs, logGroups, metrics, metricsLog } from './logs.ts';
import { quickSight } from './reports.ts';
import { restore } from './restore.ts';

export const checks: readonly Check[] = [
  functionsAnswer,
  logGroups,
  subscriptions,
  failureRule,
  backup,
  quickSight,
  canary,
  visibleInSeconds,
  pages,
  strangers,
  signedUpload,
  ownersRoutes,
  operatorsRoutes,
  sweepByClock,
  migratorIdempotent,
  secretRotation,
  operatorsActions,
  sweepRuns,
  jobQueuing,
  crawler,
  deadLetters,
  failureMail,
  alarmMails,
  jobLogs,
  metricsLog,
  metrics,
  restore,
];
