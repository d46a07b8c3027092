/** One environment as Terraform works on it: its stacks in order, each given what the ones before it say. */
import { join } from 'node:path';
import type { Environment } from '@centflow/infra/environment';
import { bootstrapStackName } from '@centflow/infra/stacks/bootstrap';
import { optionalStages, type StageName, stackName, stageNames } from '@centflow/infra/stacks/centflow-stack';
import { consoleOutputs, loadOutputs, storeOutputs } from '@centflow/infra/stacks/handover';
import { outputFolder } from '@centflow/infra/synthesise';
import {
  type IgnoredChanges,
  ignoring,
  type Overrides,
  offlineEnvironment,
  offlineOverride,
  readIgnoredChanges,
  type Terraform,
  WorkingDirectory,
} from '@centflow/terraform';

export interface DeploymentOptions {
  readonly terraform: Terraform;
  /** Each stack works in a folder of its own below. */
  readonly folder: string;
  /** The folder of the logs; the stacks' own folders where left out. */
  readonly logFolder?: string;
  /** Where synthesis wrote. */
  readonly synthesised?: string;
  /** Merged over every stack, by name: `<name>_override.tf.json`. */
  readonly overrides?: Overrides;
  /** What plans overlook; where left out, what the file says that CENTFLOW_IGNORE_CHANGES names. */
  readonly ignoredChanges?: IgnoredChanges;
  /** Values of variables that no stack gives. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Added to the environment of every command. */
  readonly processEnvironment?: NodeJS.ProcessEnv;
  /** true: what Terraform says is shown. */
  readonly show?: boolean;
}

/** For plans without an account: no state, no credentials, examples for what stacks hand over. */
export const offline = {
  overrides: { offline: offlineOverride },
  variables: { ...storeOutputs, ...loadOutputs, ...consoleOutputs },
  processEnvironment: offlineEnvironment,
} satisfies Partial<DeploymentOptions>;

/** The stages an environment has, in the order in which they are applied. */
export function stagesOf(environment: Pick<Environment, (typeof optionalStages)[number]>): StageName[] {
  const absent: readonly StageName[] = optionalStages.filter((stage) => environment[stage] === null);
  return stageNames.filter((stage) => !absent.includes(stage));
}

export class Deployment {
  readonly stages: readonly StageName[];
  readonly #environment: Environment;
  readonly #options: DeploymentOptions;
  readonly #ignoredChanges: IgnoredChanges;
  readonly #directories = new Map<string, WorkingDirectory>();
  readonly #initialised = new Map<WorkingDirectory, Promise<void>>();

  /** @throws {IgnoredChangesError} CENTFLOW_IGNORE_CHANGES names no file that can be used. */
  constructor(environment: Environment, options: DeploymentOptions) {
    this.#environment = environment;
    this.#options = options;
    this.#ignoredChanges = options.ignoredChanges ?? readIgnoredChanges();
    this.stages = stagesOf(environment);
  }

  /** What the account needs before any stage. */
  bootstrap(): WorkingDirectory {
    return this.#open(bootstrapStackName(this.#environment));
  }

  stage(stage: StageName): WorkingDirectory {
    return this.#open(stackName(this.#environment, stage));
  }

  /**
   * Makes a stage ready to be planned: its provider, its state, and what earlier stages hand over.
   *
   * @throws {HandOverError} an earlier stage was not applied.
   */
  async prepare(stage: StageName): Promise<WorkingDirectory> {
    const directory = this.stage(stage);
    await this.#initialise(directory);
    directory.take({ ...(await this.#givenTo(stage)), ...this.#options.variables });
    return directory;
  }

  /** What earlier stages say now, as far as the stage asks for it. */
  async #givenTo(stage: StageName): Promise<Record<string, string>> {
    const wanted = Object.keys(this.stage(stage).synthesised.variable ?? {});
    const given: Record<string, string> = {};
    for (const earlier of this.stages.slice(0, this.stages.indexOf(stage))) {
      const directory = this.stage(earlier);
      const offered = Object.keys(directory.synthesised.output ?? {});
      const unknown = wanted.filter((name) => offered.includes(name) && this.#options.variables?.[name] === undefined);
      if (unknown.length === 0) continue;
      await this.#initialise(directory);
      Object.assign(given, await directory.outputs());
    }
    return given;
  }

  /** Once: it takes seconds, and nobody else works in these folders. */
  #initialise(directory: WorkingDirectory): Promise<void> {
    const begun = this.#initialised.get(directory) ?? directory.init();
    this.#initialised.set(directory, begun);
    return begun;
  }

  #open(stack: string): WorkingDirectory {
    const known = this.#directories.get(stack);
    if (known !== undefined) return known;
    const {
      terraform,
      folder,
      logFolder,
      synthesised = outputFolder,
      overrides,
      processEnvironment,
      show,
    } = this.#options;
    const opened = new WorkingDirectory({
      terraform,
      stack,
      synthesised: join(synthesised, 'stacks', stack),
      folder: join(folder, stack),
      ...(logFolder === undefined ? {} : { logFolder }),
      overrides: overrides ?? {},
      environment: processEnvironment ?? {},
      show: show ?? false,
    });
    opened.override('ignored-changes', ignoring(opened.synthesised, this.#ignoredChanges));
    this.#directories.set(stack, opened);
    return opened;
  }
}
