import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { Construct } from 'constructs';
import type { Environment, LogRetentionDays } from '../environment.ts';

export interface LogGroupOptions {
  readonly environment: Environment;
  readonly name: string;
  /** The environment's key. */
  readonly keyArn: string;
  /** The retention in days. Default: that of the environment. */
  readonly retentionDays?: LogRetentionDays;
}

/** The form of all log groups here: encrypted with the environment's key, with the environment's retention. */
export class LogGroup extends CloudwatchLogGroup {
  constructor(scope: Construct, id: string, { environment, name, keyArn, retentionDays }: LogGroupOptions) {
    super(scope, id, { name, retentionInDays: retentionDays ?? environment.logRetentionDays, kmsKeyId: keyArn });
  }
}
