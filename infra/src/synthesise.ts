/** Converts environments to Terraform's JSON, and decides which stacks each environment has. */
import { join } from 'node:path';
import { TERRAFORM_VERSIONS } from '@centflow/terraform';
import { App } from 'cdktf';
import type { Environment } from './environment.ts';
import { BootstrapStack } from './stacks/bootstrap.ts';
import { ConsoleStack } from './stacks/console.ts';
import { LoadStack } from './stacks/load.ts';
import { ReportStack } from './stacks/report.ts';
import { StoreStack } from './stacks/store.ts';
import { WatchStack } from './stacks/watch.ts';

/** The default output folder. Each stack is in `stacks/<stack>/cdk.tf.json`. */
export const outputFolder = join(import.meta.dirname, '..', 'cdktf.out');

/** Writes the stacks of these environments and of their accounts. */
export function synthesise(environments: readonly Environment[], outdir = outputFolder): App {
  // Turns off CDKTF's usage report and its check for a newer version, which would send requests over the network.
  process.env.CHECKPOINT_DISABLE = '1';
  // Without `targetVersions`, CDKTF must support Terraform 1.5.7 and newer, and all OpenTofu versions. CDKTF then
  // rejects the S3 lock.
  const app = new App({ outdir, context: { targetVersions: { terraform: TERRAFORM_VERSIONS } } });
  for (const inAccount of byAccount(environments)) new BootstrapStack(app, inAccount);
  for (const environment of environments) {
    new StoreStack(app, environment);
    new LoadStack(app, environment);
    if (environment.report !== null) new ReportStack(app, environment);
    if (environment.console !== null) new ConsoleStack(app, environment);
    new WatchStack(app, environment);
  }
  app.synth();
  return app;
}

function byAccount(environments: readonly Environment[]): [Environment, ...Environment[]][] {
  const groups = new Map<string, [Environment, ...Environment[]]>();
  for (const environment of environments) {
    const group = groups.get(environment.accountId);
    if (group) group.push(environment);
    else groups.set(environment.accountId, [environment]);
  }
  return [...groups.values()];
}
