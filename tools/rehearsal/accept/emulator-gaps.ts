/**
 * What `accept` shows on AWS and the emulator cannot: each check by its name, with the reason. The report of a rehearsal lists
 * them, and a name that is no check's fails the rehearsal.
 */
export const emulatorGaps: Readonly<Record<string, string>> = {
  'mail-subscriptions': 'the emulator sends no mail whose link a person could open',
  'alarm-mails': 'the emulator keeps no history of the actions of alarms',
  'job-failure-mail': 'the emulator sends no events of Glue to EventBridge and counts no deliveries',
  backup: 'the emulator makes no automated backups',
  restore: 'the emulator makes no second MySQL of a backup, so neither migrator nor job is sent to one',
  quicksight: 'no emulator has QuickSight',
  'sweep-by-clock': 'the emulator’s Glue has no clock',
  'job-queuing': 'the emulator’s Glue has no queue: it refuses what is beyond the limit',
  crawler: 'the emulator’s crawler reads no objects and adds no partitions',
  'job-logs': 'the job runs beside the emulator, so that its log goes to a file and to no log group',
  metrics: 'the emulator makes no metrics of log events',
};
