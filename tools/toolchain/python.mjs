/** Installs uv, then two locked Python environments: for the job, and for the AWS emulator. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebian } from './apt.mjs';
import { findPython } from './machine.mjs';
import {
  local,
  output,
  repository,
  run,
  SetupError,
  setUpFolder,
  step,
  toolchain,
  virtualEnvironment,
} from './step.mjs';

/** Pins the version of uv, and the SHA-256 of its wheels for the supported platforms. */
const uvRequirements = join(setUpFolder, 'npm', 'requirements.txt');

const uvFolder = join(toolchain, 'uv');
export const uv = join(uvFolder, 'bin', 'uv');
export const python = join(virtualEnvironment, 'bin', 'python');

const emulatorProject = join('packages', 'local-stack', 'src', 'emulator');
const emulatorEnvironment = join(local, 'emulator-venv');
/**
 * The emulator's environment is separate from the job's, because the emulator requires another version of botocore than
 * Glue.
 */
export const emulatorPython = join(emulatorEnvironment, 'bin', 'python');

/** Returns the arguments that run pip. If Python has no pip, uses the wheel in Debian's package. */
async function findPip(log, interpreter) {
  if (output(interpreter, ['-m', 'pip', '--version']) !== undefined) return ['-m', 'pip'];
  const root = await unpackDebian(log, ['python3-pip-whl']);
  const wheels = root && join(root, 'usr', 'share', 'python-wheels');
  const wheel = wheels && existsSync(wheels) && readdirSync(wheels).find((name) => name.startsWith('pip-'));
  if (wheel) return [join(wheels, wheel, 'pip')];
  throw new SetupError(
    `${interpreter} has no pip, and apt could not download python3-pip-whl, which contains it`,
    'install pip (`apt-get install python3-pip`), then run the command again',
  );
}

/**
 * Installs uv. pip refuses a wheel whose hash is not committed.
 *
 * @param {string} interpreter the Python whose pip installs uv
 */
export async function installUv(interpreter) {
  const requirements = readFileSync(uvRequirements);
  await step({
    name: 'uv',
    title: `uv ${/^uv==(\S+)/m.exec(requirements.toString())?.[1]} from PyPI`,
    inputs: [requirements],
    outputs: () => [uv],
    make: async (log) => {
      const pip = await findPip(log, interpreter);
      const verified = ['--require-hashes', '--only-binary', ':all:', '--no-deps', '--requirement', uvRequirements];
      await run(
        log,
        interpreter,
        [...pip, 'install', '--quiet', '--no-cache-dir', '--upgrade', '--target', uvFolder, ...verified],
        { remedy: `check that this machine can reach PyPI (\`pip download uv\`); details are in ${log}` },
      );
    },
  });
}

export async function installPython() {
  const interpreter = findPython();
  await installUv(interpreter.executable);
  await sync('python', 'Python packages of the job (PySpark is 430 MB)', interpreter, 'glue', virtualEnvironment);
  await sync('emulator', 'The AWS emulator', interpreter, emulatorProject, emulatorEnvironment);
}

/**
 * Installs the packages of a project's uv.lock into its environment. If the interpreter has changed, creates a new
 * environment.
 */
async function sync(name, title, { executable, version }, project, environment) {
  const locked = ['pyproject.toml', 'uv.lock'].map((file) => readFileSync(join(repository, project, file)));
  await step({
    name,
    title: `${title}, for Python ${version}`,
    inputs: [...locked, executable, version],
    outputs: () => [join(environment, 'bin', 'python')],
    make: (log) =>
      run(log, uv, ['sync', '--frozen', '--project', project, '--python', executable], {
        env: {
          UV_PROJECT_ENVIRONMENT: environment,
          UV_CACHE_DIR: join(local, 'cache', 'uv'),
          UV_PYTHON_DOWNLOADS: 'never',
          // The machine's list of certificates may contain the certificate of a company's proxy. uv's own list does
          // not.
          UV_SYSTEM_CERTS: 'true',
          VIRTUAL_ENV: undefined,
        },
        remedy: `if pyproject.toml changed, run \`uv lock --project ${project}\` and commit uv.lock; details are in ${log}`,
      }),
  });
}

/** Returns the folder of a Python package in the virtual environment. */
export function sitePackage(name) {
  const lib = join(virtualEnvironment, 'lib');
  const folder = readdirSync(lib).find((entry) => entry.startsWith('python3'));
  return join(lib, folder ?? '', 'site-packages', name);
}
