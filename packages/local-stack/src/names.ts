/** The names of the resources of the local stack. */
export const NAMES = {
  bucket: 'centflow-local-uploads',
  queue: 'centflow-local-uploads',
  deadLetterQueue: 'centflow-local-uploads-dlq',
  trigger: 'centflow-local-trigger',
  job: 'centflow-local-load',
  secret: 'centflow-local-database',
} as const;
