import type { Environment } from '../environment.ts';

/** ARNs of an environment's account and region: `arns(environment).of('sqs', 'centflow-dev-*')`. */
export function arns({ accountId, region }: Pick<Environment, 'accountId' | 'region'>) {
  return {
    of: (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`,
    /** Of services that know no regions: IAM, budgets. */
    global: (service: string, resource: string) => `arn:aws:${service}::${accountId}:${resource}`,
    bucket: (name: string) => `arn:aws:s3:::${name}`,
  };
}
