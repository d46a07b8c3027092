import type { Construct } from 'constructs';
import type { Environment } from '../environment.ts';
import { StageStack } from './centflow-stack.ts';

export class LoadStack extends StageStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, 'load', environment);
  }
}
