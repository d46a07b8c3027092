/** uv, and with it the job's locked Python packages, the emulator and, where needed, a Java. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebian } from './apt.mjs';
import { local, output, repository, run, SetupError, step, toolchain, virtualEnvironment } from './step.mjs';

const UV_VERSION = '0.13.9';
const PYTHONS = ['python3.11', 'python3.12', 'python3', 'python'];

const uvFolder = join(toolchain, 'uv');
export const uv = join(uvFolder, 'bin', 'uv');
export const python = join(virtualEnvironment, 'bin', 'python');

/** A Python 3.11 (what Glue 5.1 runs) or 3.12 of this machine. */
function findPython() {
  const found = [];
  for (const name of PYTHONS) {
    const answer = output(name, ['-c', 'import sys; print(sys.executable, "%d.%d" % sys.version_info[:2])'])?.trim();
    if (answer === undefined) continue;
    const space = answer.lastIndexOf(' ');
    const [executable, version] = [answer.slice(0, space), answer.slice(space + 1)];
    if (version === '3.11' || version === '3.12') return executable;
    found.push(`${name} is ${version}`);
  }
  throw new SetupError(
    `Python 3.11 or 3.12 is needed (PySpark 3.5 and AWS Glue 5.1 run on 3.11); ${found.join(', ') || 'none was found'}`,
    'install one, for example `apt-get install python3` on Debian 12 or Ubuntu 24.04',
  );
}

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

export async function installPython() {
  const files = ['pyproject.toml', 'uv.lock'].map((name) => readFileSync(join(repository, 'glue', name)));

  await step({
    name: 'uv',
    title: `uv ${UV_VERSION} from PyPI`,
    inputs: [UV_VERSION],
    outputs: () => [uv],
    make: async (log) => {
      const interpreter = findPython();
      const pip = await findPip(log, interpreter);
      await run(
        log,
        interpreter,
        [...pip, 'install', '--quiet', '--no-cache-dir', '--upgrade', '--target', uvFolder, `uv==${UV_VERSION}`],
        { remedy: `check that this machine reaches PyPI (\`pip download uv\`); details are in ${log}` },
      );
    },
  });

  await step({
    name: 'python',
    title: 'Python packages of glue/ (PySpark is 320 MB), the AWS emulator',
    inputs: files,
    outputs: () => [python],
    make: (log) =>
      run(log, uv, ['sync', '--frozen', '--project', 'glue', '--python', findPython()], {
        env: {
          UV_PROJECT_ENVIRONMENT: virtualEnvironment,
          UV_CACHE_DIR: join(local, 'cache', 'uv'),
          UV_PYTHON_DOWNLOADS: 'never',
          // Where a company's proxy has a certificate of its own, the machine knows it and uv's own list does not.
          UV_SYSTEM_CERTS: 'true',
          VIRTUAL_ENV: undefined,
        },
        remedy: `if pyproject.toml changed, run \`uv lock --project glue\` and commit uv.lock; details are in ${log}`,
      }),
  });
}

/** The folder of a Python package in the virtual environment. */
export function sitePackage(name) {
  const lib = join(virtualEnvironment, 'lib');
  const folder = readdirSync(lib).find((entry) => entry.startsWith('python3'));
  return join(lib, folder ?? '', 'site-packages', name);
}
