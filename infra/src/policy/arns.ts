import type { Environment } from '../environment.ts';

/** Builds ARNs of an environment's account and region: `arns(environment).regional('sqs', 'centflow-dev-*')`. */
export function arns({ accountId, region }: Pick<Environment, 'accountId' | 'region'>) {
  return {
    regional: (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
    /** Builds the ARN of a service without regions, such as IAM or budgets. */
    global: (service: string, resource: string) => `arn:aws:${service}::${accountId}:${resource}`,
    bucket: (name: string) => `arn:aws:s3:::${name}`,
  };
}

/**
 * Objects of Glue's runtime, in Glue's own buckets. A job run fetches these objects with the job's role and through the
 * job's network. AWS does not document the names of these buckets. The names are from AWS's managed policy for such
 * roles: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSGlueServiceRole.html
 */
export const gluesRuntime = {
  actions: ['s3:GetObject'],
  resources: ['arn:aws:s3:::aws-glue-*/*', 'arn:aws:s3:::crawler-public*/*'],
};
