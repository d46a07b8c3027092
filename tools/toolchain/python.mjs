/** uv, and with it the two locked environments in Python: the job's, and the AWS emulator's. */
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

/** uv by its version, and its wheels for this project's platforms by their SHA-256. */
const uvRequirements = join(setUpFolder, 'npm', 'requirements.txt');

const uvFolder = join(toolchain, 'uv');
export const uv = join(uvFolder, 'bin', 'uv');
export const python = join(virtualEnvironment, 'bin', 'python');

const emulatorProject = join('packages', 'local-stack', 'src', 'emulator');
const emulatorEnvironment = join(local, 'emulator-venv');
/** Apart from the job's, because the emulator pins a botocore that is not Glue's. */
export const emulatorPython = join(emulatorEnvironment, 'bin', 'python');

/** The command that runs pip: the machine's, or the wheel inside Debian's package where Python came without it. */
async function findPip(log, interpreter) {
  if (output(interpreter, ['-m', 'pip', '--version']) !== undefined) return ['-m', 'pip'];
  const root = await unpackDebian(log, ['python3-pip-whl']);
  const wheels = root && join(root, 'usr', 'share', 'python-wheels');
  const wheel = wheels && existsSync(wheels) && readdirSync(wheels).find((name) => name.startsWith('pip-'));
  if (wheel) return [join(wheels, wheel, 'pip')];
  throw new SetupError(
    `${interpreter} has no pip, and apt has no python3-pip-whl to take it from`,
    'install pip (`apt-get install python3-pip`), or uv itself, and start again',
  );
}

/**
 * Installs uv. pip refuses a wheel whose hash is not one of those committed.
 *
 * @param {string} interpreter the Python whose pip does it
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
        { remedy: `check that this machine reaches PyPI (\`pip download uv\`); details are in ${log}` },
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

/** Brings an environment to what the project's uv.lock says. Another interpreter makes another environment. */
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
          // Where a company's proxy has a certificate of its own, the machine knows it and uv's own list does not.
          UV_SYSTEM_CERTS: 'true',
          VIRTUAL_ENV: undefined,
        },
        remedy: `if pyproject.toml changed, run \`uv lock --project ${project}\` and commit uv.lock; details are in ${log}`,
      }),
  });
}

/** The folder of a Python package in the virtual environment. */
export function sitePackage(name) {
  const lib = join(virtualEnvironment, 'lib');
  const folder = readdirSync(lib).find((entry) => entry.startsWith('python3'));
  return join(lib, folder ?? '', 'site-packages', name);
}
