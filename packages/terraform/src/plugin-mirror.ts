/** Finding the AWS provider on this machine, for those without Terraform's registry. */
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The provider's release that the stacks are made for; package.json and .terraform.lock.hcl name the same. */
export const PROVIDER_VERSION = '5.100.0';

const PROVIDER = join('registry.terraform.io', 'hashicorp', 'aws');

/** Terraform's name of this machine, such as `linux_amd64`. */
export function platform(): string {
  const architecture =
    { x64: 'amd64', arm64: 'arm64', ia32: '386', arm: 'arm' }[process.arch as string] ?? process.arch;
  return `${process.platform === 'win32' ? 'windows' : process.platform}_${architecture}`;
}

/** Whether a folder is a mirror in one of Terraform's two layouts, with the provider for this machine. */
export function holdsProvider(folder: string): boolean {
  return (
    existsSync(join(folder, PROVIDER, PROVIDER_VERSION, platform())) ||
    existsSync(join(folder, PROVIDER, `terraform-provider-aws_${PROVIDER_VERSION}_${platform()}.zip`))
  );
}

/** Where Terraform itself looks for plugins. */
function implied(): string[] {
  const data = process.env.XDG_DATA_DIRS?.split(':') ?? ['/usr/local/share', '/usr/share'];
  return [
    join(homedir(), '.terraform.d', 'plugins'),
    join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'terraform', 'plugins'),
    ...data.map((folder) => join(folder, 'terraform', 'plugins')),
  ];
}

/** Folders in which people and images keep such a mirror, under whatever name. */
const ROOTS = ['/opt', '/usr/local', '/usr/local/lib', '/usr/local/share', '/usr/lib', '/usr/share', '/srv'];

/**
 * The first mirror that holds the provider: one that is named, one of Terraform's own places, or a folder right under one
 * of `roots`.
 *
 * @returns undefined where there is none: then Terraform asks its registry
 */
export function findPluginMirror(
  named: string | undefined = process.env.CENTFLOW_TERRAFORM_PLUGINS,
  roots: readonly string[] = ROOTS,
): string | undefined {
  if (named) return named;
  return implied().find(holdsProvider) ?? roots.flatMap((root) => [root, ...foldersIn(root)]).find(holdsProvider);
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
