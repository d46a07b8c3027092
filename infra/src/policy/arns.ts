import type { Environment } from '../environment.ts';

/** ARNs of an environment's account and region: `arns(environment).regional('sqs', 'centflow-dev-*')`. */
export function arns({ accountId, region }: Pick<Environment, 'accountId' | 'region'>) {
  return {
    regional: (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
    /** Of services that know no regions: IAM, budgets. */
    global: (service: string, resource: string) => `arn:aws:${service}::${accountId}:${resource}`,
    bucket: (name: string) => `arn:aws:s3:::${name}`,
  };
}

/**
 * Parts of Glue's runtime, in buckets of its own. A run fetches them as the job's role and through the job's network; which of them
 * is not documented, so the names are those of the managed policy for such roles:
 * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html
 */
export const gluesRuntime = {
  actions: ['s3:GetObject'],
  resources: ['arn:aws:s3:::aws-glue-*/*', 'arn:aws:s3:::crawler-public*/*'],
};
