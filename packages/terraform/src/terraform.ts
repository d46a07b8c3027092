/** Finds the installed `terraform`, and disables its prompts and version checks. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TerraformUnavailableError } from './errors.ts';
import { findPluginMirror, holdsProvider, PROVIDER_VERSION } from './plugin-mirror.ts';

/** The oldest version that can lock a state in S3 without DynamoDB. */
const OLDEST = [1, 11] as const;

/** Semver range of the Terraform releases that run the stacks. */
export const TERRAFORM_VERSIONS = `^${OLDEST.join('.')}`;

export interface Terraform {
  readonly version: string;
  /** The folder with the provider. If undefined, Terraform downloads the provider from its registry. */
  readonly pluginMirror: string | undefined;
  /** The environment variables for every Terraform command. */
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Finds Terraform on the PATH.
 *
 * @param folder the folder for Terraform's configuration and plugin cache
 * @throws {TerraformUnavailableError} Terraform is missing or too old, or CENTFLOW_TERRAFORM_PLUGINS names a folder without the provider.
 */
export async function findTerraform(folder: string): Promise<Terraform> {
  const pluginMirror = findPluginMirror();
  if (pluginMirror !== undefined && !holdsProvider(pluginMirror)) {
    throw new TerraformUnavailableError(
      `CENTFLOW_TERRAFORM_PLUGINS names ${pluginMirror}, which does not contain version ${PROVIDER_VERSION} of the provider aws for this machine. ` +
        'Fill it with `terraform providers mirror`, or unset the variable to use the registry.',
    );
  }
  const environment = { ...inherited(), ...configure(folder, pluginMirror) };
  return { version: await versionOf(environment), pluginMirror, environment };
}

async function versionOf(environment: NodeJS.ProcessEnv): Promise<string> {
  const remedy = `Install Terraform ${OLDEST.join('.')} or newer (https://developer.hashicorp.com/terraform/install) on the PATH.`;
  let version: string;
  try {
    const { stdout } = await promisify(execFile)('terraform', ['version', '-json'], { env: environment });
    version = (JSON.parse(stdout) as { terraform_version: string }).terraform_version;
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is not installed' : (error as Error).message;
    throw new TerraformUnavailableError(`\`terraform\` did not run: ${reason}. ${remedy}`);
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1]) {
    throw new TerraformUnavailableError(`Terraform ${version} is not supported. ${remedy}`);
  }
  return version;
}

/** Returns the environment without the variables that would silently change Terraform's behaviour. */
function inherited(): NodeJS.ProcessEnv {
  const changing = /^TF_(CLI_ARGS.*|WORKSPACE|DATA_DIR|VAR_.*)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !changing.test(name)));
}

function configure(folder: string, pluginMirror: string | undefined): NodeJS.ProcessEnv {
  const quiet = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' };
  const cache = join(folder, 'plugin-cache');
  mkdirSync(cache, { recursive: true });
  const cached = { TF_PLUGIN_CACHE_DIR: process.env.TF_PLUGIN_CACHE_DIR ?? cache };
  if (pluginMirror === undefined && userConfiguration() !== undefined) return { ...quiet, ...cached };
  // TF_CLI_CONFIG_FILE may name a file that no longer exists, about which Terraform warns at every command.
  const file = join(folder, 'terraformrc');
  const installation = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(pluginMirror)}\n  }\n}\n`;
  writeFileSync(file, pluginMirror === undefined ? '' : installation);
  return { ...quiet, TF_CLI_CONFIG_FILE: file, ...(pluginMirror === undefined ? cached : {}) };
}

/** Returns the user's own configuration file, which may contain a network mirror and its credentials. */
function userConfiguration(): string | undefined {
  const file = process.env.TF_CLI_CONFIG_FILE ?? join(homedir(), '.terraformrc');
  return existsSync(file) ? file : undefined;
}
