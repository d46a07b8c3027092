/** Finds a local mirror of the AWS provider, for machines without access to Terraform's registry. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The version of the provider for the stacks, the same as in package.json and .terraform.lock.hcl. */
export const PROVIDER_VERSION = '5.100.0';

const PROVIDER = join('registry.terraform.io', 'hashicorp', 'aws');

/** Returns Terraform's name for the platform, such as `linux_amd64`. */
export function platform(): string {
  const architecture =
    { x64: 'amd64', arm64: 'arm64', ia32: '386', arm: 'arm' }[process.arch as string] ?? process.arch;
  return `${process.platform === 'win32' ? 'windows' : process.platform}_${architecture}`;
}

/**
 * Returns whether a folder is a mirror that contains the provider for this platform, in either of Terraform's two
 * layouts.
 */
export function holdsProvider(folder: string): boolean {
  return (
    existsSync(join(folder, PROVIDER, PROVIDER_VERSION, platform())) ||
    existsSync(join(folder, PROVIDER, `terraform-provider-aws_${PROVIDER_VERSION}_${platform()}.zip`))
  );
}

/** Returns the folders in which Terraform itself searches for plugins. */
function defaultFolders(): string[] {
  const data = process.env.XDG_DATA_DIRS?.split(':') ?? ['/usr/local/share', '/usr/share'];
  return [
    join(homedir(), '.terraform.d', 'plugins'),
    join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'terraform', 'plugins'),
    ...data.map((folder) => join(folder, 'terraform', 'plugins')),
  ];
}

/** Folders in which users and container images may store a mirror, under any name. */
const ROOTS = ['/opt', '/usr/local', '/usr/local/lib', '/usr/local/share', '/usr/lib', '/usr/share', '/srv'];

/**
 * Returns the first mirror that contains the provider. Searches the named folder, Terraform's own folders, and the
 * folders directly in `roots`.
 *
 * @returns undefined if there is no mirror; Terraform then uses its registry
 */
export function findPluginMirror(
  named: string | undefined = process.env.CENTFLOW_TERRAFORM_PLUGINS,
  roots: readonly string[] = ROOTS,
): string | undefined {
  if (named) return named;
  return (
    defaultFolders().find(holdsProvider) ?? roots.flatMap((root) => [root, ...foldersIn(root)]).find(holdsProvider)
  );
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => join(folder, entry.name));
  } catch {
    return [];
  }
}
