/** The Terraform working directories of one environment. Each stack gets the outputs of the earlier ones as its variables. */
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
  /** The parent of the stacks' working directories. */
  readonly folder: string;
  /** The folder for the logs. The default is the working directory of each stack. */
  readonly logFolder?: string;
  /** The output folder of the synthesis. */
  readonly synthesised?: string;
  /** Terraform overrides for every stack, by name. Each is written as `<name>_override.tf.json`. */
  readonly overrides?: Overrides;
  /** The changes that plans ignore. By default, they are read from the file that CENTFLOW_IGNORE_CHANGES names. */
  readonly ignoredChanges?: IgnoredChanges;
  /** Values of variables that are not outputs of another stack. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Additional environment variables of every command. */
  readonly processEnvironment?: NodeJS.ProcessEnv;
  /** Whether to print Terraform's output. */
  readonly show?: boolean;
}

/**
 * Options for plans without an account. Such a plan uses no state and no credentials. Outputs of other stacks have
 * example values.
 */
export const offline = {
  overrides: { offline: offlineOverride },
  variables: { ...storeOutputs, ...loadOutputs, ...consoleOutputs },
  processEnvironment: offlineEnvironment,
} satisfies Partial<DeploymentOptions>;

/** Returns the stages of an environment, in the order in which they are applied. */
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

  /** @throws {IgnoredChangesError} the file that CENTFLOW_IGNORE_CHANGES names cannot be used. */
  constructor(environment: Environment, options: DeploymentOptions) {
    this.#environment = environment;
    this.#options = options;
    this.#ignoredChanges = options.ignoredChanges ?? readIgnoredChanges();
    this.stages = stagesOf(environment);
  }

  /** Returns the stack that the account needs before any stage. */
  bootstrap(): WorkingDirectory {
    return this.#open(bootstrapStackName(this.#environment));
  }

  stage(stage: StageName): WorkingDirectory {
    return this.#open(stackName(this.#environment, stage));
  }

  /**
   * Prepares a stage for a plan: installs the provider, connects the state, and sets the outputs of earlier stages as
   * variables.
   *
   * @throws {HandOverError} an earlier stage has not been applied.
   */
  async prepare(stage: StageName): Promise<WorkingDirectory> {
    const directory = this.stage(stage);
    await this.#initialise(directory);
    directory.take({ ...(await this.#outputsFor(stage)), ...this.#options.variables });
    return directory;
  }

  /** Reads the current outputs of earlier stages for which the stage has variables. */
  async #outputsFor(stage: StageName): Promise<Record<string, string>> {
    const needed = Object.keys(this.stage(stage).synthesised.variable ?? {});
    const outputs: Record<string, string> = {};
    for (const earlier of this.stages.slice(0, this.stages.indexOf(stage))) {
      const directory = this.stage(earlier);
      const offered = Object.keys(directory.synthesised.output ?? {});
      const unknown = needed.filter((name) => offered.includes(name) && this.#options.variables?.[name] === undefined);
      if (unknown.length === 0) continue;
      await this.#initialise(directory);
      Object.assign(outputs, await directory.outputs());
    }
    return outputs;
  }

  /** Initialises a directory only once: initialising takes seconds, and no other process changes the directory. */
  #initialise(directory: WorkingDirectory): Promise<void> {
    const initialising = this.#initialised.get(directory) ?? directory.init();
    this.#initialised.set(directory, initialising);
    return initialising;
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
