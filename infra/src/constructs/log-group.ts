import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { Construct } from 'constructs';
import type { Environment, LogRetentionDays } from '../environment.ts';

export interface LogGroupOptions {
  readonly environment: Environment;
  readonly name: string;
  /** The ARN of the environment's key. */
  readonly keyArn: string;
  /** The retention in days. Default: `logRetentionDays` of the environment. */
  readonly retentionDays?: LogRetentionDays;
}

/** A log group that is encrypted with the environment's key. Its retention is the environment's, unless a property sets another. */
export class LogGroup extends CloudwatchLogGroup {
  constructor(scope: Construct, id: string, { environment, name, keyArn, retentionDays }: LogGroupOptions) {
    super(scope, id, { name, retentionInDays: retentionDays ?? environment.logRetentionDays, kmsKeyId: keyArn });
  }
}
