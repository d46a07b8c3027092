/** An environment with a list of plans instead of Terraform, for tests of decisions about plans. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { StageName } from '@centflow/infra';
import { readEnvironment } from '@centflow/infra';
import type { Plan, ResourceChange } from '@centflow/terraform';
import { Deployments } from '../deploy/deployments.ts';
import type { OpenEnvironment, OpenRelease } from '../open-environment.ts';
import { PlanStore, type Reviewed } from '../plans/plan-store.ts';
import { MemoryS3 } from './memory-s3.ts';

export const stages = ['store', 'load', 'watch'] as const satisfies readonly StageName[];

export class FakeEnvironment {
  readonly s3 = new MemoryS3();
  readonly said: string[] = [];
  /** The applied stages and the other actions on the environment, in order. */
  readonly applied: string[] = [];
  readonly published: string[] = [];
  /** The pending changes of each stage. An apply clears the list. */
  readonly pending: Record<(typeof stages)[number], readonly ResourceChange[]> = { store: [], load: [], watch: [] };
  /** The names of the raised alarms. */
  alarms: readonly string[] = [];
  /** The state of the migrator. */
  migratorState = 'Active';
  /** Called before a stage is applied. It may change the pending changes, or throw an error. */
  onApply: (stage: StageName) => void = () => {};
  readonly #folder: string;
  readonly open: OpenEnvironment;
  readonly stacks: OpenRelease;

  /** @param folder for the files that Terraform would write */
  constructor(name: 'dev' | 'production', folder: string) {
    this.#folder = folder;
    const environment = readEnvironment(name);
    const alarms = () => ({ MetricAlarms: this.alarms.map((AlarmName) => ({ AlarmName })) });
    this.open = {
      environment,
      s3: this.s3.client,
      cloudwatch: { send: async () => alarms() } as unknown as CloudWatchClient,
      lambda: { send: async ({ constructor: { name } }: object) => this.#answer(name) } as unknown as LambdaClient,
      plans: new PlanStore(this.s3.client, 'bucket', name),
      deployments: new Deployments(this.s3.client, 'bucket', name),
      releases: { publish: async ({ version }: { version: string }) => this.published.push(version) },
      folder,
    } as unknown as OpenEnvironment;
    this.stacks = {
      release: { version: 'v2', commit: 'c'.repeat(40), digest: 'd'.repeat(64), folder },
      stages,
      deployment: { prepare: async (stage: (typeof stages)[number]) => this.#directory(stage) },
    } as unknown as OpenRelease;
  }

  /** Stores the pending changes as the reviewed plans of a pull request. */
  async review(reviewed: Reviewed): Promise<void> {
    for (const stage of stages) {
      const directory = this.#directory(stage);
      directory.plan();
      await this.open.plans.keep(reviewed, `${this.open.environment.name}-${stage}`, directory.planFile);
    }
  }

  #answer(command: string): object {
    if (command === 'GetFunctionCommand') return { Configuration: { State: this.migratorState } };
    this.applied.push('the migrator is woken');
    this.migratorState = 'Active';
    return { Payload: new TextEncoder().encode('{"applied":[],"unknown":[]}') };
  }

  #directory(stage: (typeof stages)[number]) {
    const folder = join(this.#folder, stage);
    mkdirSync(folder, { recursive: true });
    const planFile = join(folder, 'tfplan');
    return {
      folder,
      planFile,
      plan: () => {
        writeFileSync(planFile, JSON.stringify({ errored: false, resource_changes: this.pending[stage] }));
        return this.pending[stage].length > 0;
      },
      readPlan: (file = planFile) => JSON.parse(readFileSync(file, 'utf8')) as Plan,
      apply: async () => {
        this.onApply(stage);
        this.pending[stage] = [];
        this.applied.push(stage);
      },
    };
  }
}
