import type { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { StageStack } from './centflow-stack.ts';

export class WatchStack extends StageStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, 'watch', environment);
  }
}
