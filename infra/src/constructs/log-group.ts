import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { Construct } from 'constructs';
import type { Environment, LogRetentionDays } from '../environment.ts';

export interface LogGroupOptions {
  readonly environment: Environment;
  readonly name: string;
  /** The environment's key. */
  readonly keyArn: string;
  /** Where it is kept otherwise than the environment's logs, in days. */
  readonly retentionDays?: LogRetentionDays;
}

/** A log group as this house has them: encrypted with the environment's key, and kept as long as the environment says. */
export class LogGroup extends CloudwatchLogGroup {
  constructor(scope: Construct, id: string, { environment, name, keyArn, retentionDays }: LogGroupOptions) {
    super(scope, id, { name, retentionInDays: retentionDays ?? environment.logRetentionDays, kmsKeyId: keyArn });
  }
}
