/**
 * The checks of `accept` that AWS can prove and the emulator cannot, each with the reason. The report of a rehearsal
 * lists these checks. The rehearsal fails if a name is not the name of a check.
 */
export const emulatorGaps: Readonly<Record<string, string>> = {
  'mail-subscriptions': 'the emulator sends no mail, so nobody can open the link',
  'alarm-mails': 'the emulator keeps no history of alarm actions',
  'job-failure-mail': 'the emulator sends no Glue events to EventBridge and counts no deliveries',
  backup: 'the emulator creates no automated backups',
  restore: 'the emulator cannot restore a backup to a second MySQL for the migrator and the job',
  quicksight: 'no emulator has QuickSight',
  'sweep-by-clock': 'the emulator’s Glue starts no scheduled runs',
  'job-queuing': 'the emulator’s Glue has no queue; it refuses runs beyond the limit',
  crawler: 'the emulator’s crawler reads no objects and adds no partitions',
  'job-logs': 'the job runs beside the emulator, and logs to a file instead of a log group',
  metrics: 'the emulator creates no metrics from log events',
};
