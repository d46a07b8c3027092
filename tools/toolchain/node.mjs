/** Installs Node 22 (the Lambda's runtime) and pnpm from the npm registry, then the packages of the workspace. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { local, repository, run, setUpFolder, step, toolchain } from './step.mjs';

const modules = join(toolchain, 'node_modules');
export const node = join(modules, `node-linux-${process.arch}`, 'bin', 'node');
export const pnpm = join(modules, '@pnpm', `exe.linux-${process.arch}`, 'pnpm');

/** The PATH for every program of the project. The Node, pnpm and uv of the set-up are first. */
export const path = [dirname(node), dirname(pnpm), join(toolchain, 'uv', 'bin'), process.env.PATH ?? ''].join(':');

export async function installNode() {
  const committed = ['package.json', 'package-lock.json'].map((name) => join(setUpFolder, 'npm', name));
  await step({
    name: 'node',
    title: 'Node 22 and pnpm from the npm registry',
    inputs: [...committed.map((file) => readFileSync(file)), process.platform, process.arch],
    outputs: () => [node, pnpm],
    make: async (log) => {
      mkdirSync(toolchain, { recursive: true });
      for (const file of committed) copyFileSync(file, join(toolchain, file.slice(file.lastIndexOf('/') + 1)));
      // npm_execpath is the npm that runs this set-up. The PATH may have another npm, or none.
      const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
      await run(
        log,
        npm[0],
        [...npm.slice(1), 'ci', '--no-audit', '--no-fund', '--cache', join(local, 'cache', 'npm')],
        {
          cwd: toolchain,
          remedy: `check that this machine can reach the npm registry (\`npm ping\`); details are in ${log}`,
        },
      );
    },
  });
}

/** Returns every package.json of the workspace, in a stable order. */
function manifests() {
  const folders = ['.', 'infra', 'glue', 'tools'];
  for (const parent of ['apps', 'packages']) {
    for (const child of readdirSync(join(repository, parent)).sort()) folders.push(join(parent, child));
  }
  return folders.map((folder) => join(repository, folder, 'package.json')).filter(existsSync);
}

export async function installPackages() {
  const files = [...manifests(), join(repository, 'pnpm-lock.yaml'), join(repository, 'pnpm-workspace.yaml')];
  await step({
    name: 'packages',
    title: 'Packages of the workspace',
    inputs: files.map((file) => readFileSync(file)),
    outputs: () => [join(repository, 'node_modules', '.modules.yaml')],
    make: (log) =>
      run(log, pnpm, ['install', '--frozen-lockfile'], {
        // If CI is not set, pnpm asks for confirmation before it replaces the packages of another machine, even without
        // a terminal.
        env: { PATH: path, CI: 'true' },
        remedy: `if a package.json changed, run \`pnpm install\` and commit pnpm-lock.yaml; details are in ${log}`,
      }),
  });
}
