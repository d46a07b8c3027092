import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { Construct } from 'constructs';
import type { Environment } from '../environment.ts';

export interface LogGroupOptions {
  readonly environment: Environment;
  readonly name: string;
  /** The environment's key. */
  readonly keyArn: string;
}

/** A log group as this house has them: encrypted with the environment's key, and kept as long as the environment says. */
export class LogGroup extends CloudwatchLogGroup {
  constructor(scope: Construct, id: string, { environment, name, keyArn }: LogGroupOptions) {
    super(scope, id, { name, retentionInDays: environment.logRetentionDays, kmsKeyId: keyArn });
  }
}
