/**
 * Finds a Chromium for the browser tests, the pictures and the benchmark.
 *
 * The order is: the Chromium that CENTFLOW_CHROMIUM names, an installed one, Debian's package. The package is unpacked
 * below `.local/`, with every library and font that the machine lacks.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpackWithDependencies } from './apt.mjs';
import { local, output, SetupError, step, toolchain } from './step.mjs';

const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chromium-headless-shell'];
/** The first package is smaller and needs no desktop libraries. Playwright runs it in headless mode. */
const PACKAGES = ['chromium-headless-shell', 'chromium'];
const FONTS = ['fonts-liberation', 'fonts-dejavu-core'];
const NAME_ONE =
  'install Google Chrome, or a Chromium that is not a snap, and set CENTFLOW_CHROMIUM to its executable (a snap cannot read /tmp or this folder)';

const record = join(toolchain, 'chromium.json');

/**
 * Returns the Chromium that an earlier set-up found.
 *
 * @returns {{ executable: string, libraries?: string, fonts?: string } | undefined} `libraries` is an LD_LIBRARY_PATH, `fonts` a
 *   FONTCONFIG_FILE; both exist only if Chromium was downloaded
 */
export function recordedChromium() {
  if (!existsSync(record)) return undefined;
  const chromium = JSON.parse(readFileSync(record, 'utf8'));
  return existsSync(chromium.executable) ? chromium : undefined;
}

/** @throws {SetupError} if this machine has no Chromium and none can be downloaded */
export async function installChromium() {
  await step({
    name: 'chromium',
    title: 'Chromium for the browser tests (100 MB if it is downloaded)',
    inputs: [process.env.CENTFLOW_CHROMIUM ?? ''],
    outputs: () => [record, recordedChromium()?.executable ?? record],
    make: async (log) => {
      rmSync(record, { force: true });
      const chromium = namedChromium() ?? installedChromium() ?? (await fetchChromium(log));
      mkdirSync(toolchain, { recursive: true });
      writeFileSync(record, `${JSON.stringify(chromium, undefined, 2)}\n`);
    },
  });
}

function namedChromium() {
  const executable = process.env.CENTFLOW_CHROMIUM;
  if (!executable) return undefined;
  if (output(executable, ['--version']) !== undefined) return { executable };
  throw new SetupError(
    `CENTFLOW_CHROMIUM names ${executable}, which does not run`,
    'set it to the executable of a Chromium or Google Chrome, or unset it',
  );
}

function installedChromium() {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    for (const name of INSTALLED) {
      const executable = join(folder, name);
      if (folder === '' || !existsSync(executable) || isSnap(executable)) continue;
      if (output(executable, ['--version']) !== undefined) return { executable };
    }
  }
  return undefined;
}

/** Returns whether an executable is a snap. Ubuntu's `chromium` is a link to snap, or a script that calls it. */
function isSnap(executable) {
  const file = realpathSync(executable);
  if (executable.startsWith('/snap/') || /\/snap($|\/)/.test(file)) return true;
  const start = readFileSync(file).subarray(0, 4096).toString('latin1');
  return start.startsWith('#!') && start.includes('/snap/');
}

async function fetchChromium(log) {
  for (const name of PACKAGES) {
    const root = await unpackWithDependencies(log, 'chromium', [name, ...FONTS]);
    if (root === undefined) continue;
    const executable = join(root, 'usr', 'lib', 'chromium', name);
    const chromium = { executable, libraries: libraryFolders(root).join(':'), fonts: writeFonts(root) };
    checkLibraries(chromium, log);
    return chromium;
  }
  const ubuntu = /^ID=ubuntu$/m.test(existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '');
  throw new SetupError(
    ubuntu
      ? 'This machine has no Chromium. Ubuntu offers chromium only as a snap, so no package can be downloaded'
      : `This machine has no Chromium, and apt could not download one (see ${log})`,
    NAME_ONE,
  );
}

/**
 * Returns every folder with libraries. NSS and PulseAudio have separate folders, which the install scripts of their packages
 * would register with the loader.
 */
function libraryFolders(root) {
  const folders = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => /^lib.+\.so(\.\d+)*$/.test(entry.name))
    .map((entry) => entry.parentPath ?? entry.path);
  return [...new Set(folders)].sort();
}

/**
 * The generic and the most common font names, so that text looks the same on every machine. DejaVu has the characters that
 * Liberation lacks.
 */
const FONT_FAMILIES = {
  'Liberation Sans': ['sans-serif', 'system-ui', 'Arial', 'Helvetica'],
  'Liberation Serif': ['serif', 'Times', 'Times New Roman'],
  'Liberation Mono': ['monospace', 'ui-monospace', 'Courier New'],
};

function writeFonts(root) {
  const file = join(root, 'fonts.conf');
  const folders = [join(root, 'usr', 'share', 'fonts'), '/usr/share/fonts', '/usr/local/share/fonts'];
  const aliases = Object.entries(FONT_FAMILIES).flatMap(([font, families]) =>
    families.map((family) => `<alias><family>${family}</family><prefer><family>${font}</family></prefer></alias>`),
  );
  writeFileSync(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  ${folders.map((folder) => `<dir>${folder}</dir>`).join('\n  ')}
  <cachedir>${join(local, 'cache', 'fontconfig')}</cachedir>
  ${aliases.join('\n  ')}
  <match target="pattern">
    <edit name="family" mode="append_last"><string>Liberation Sans</string><string>DejaVu Sans</string></edit>
  </match>
</fontconfig>
`,
  );
  return file;
}

function checkLibraries({ executable, libraries }, log) {
  const listing = output('env', [`LD_LIBRARY_PATH=${libraries}`, 'ldd', executable]) ?? '';
  const missing = [...listing.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
  if (missing.length === 0) return;
  throw new SetupError(
    `Debian's Chromium in ${dirname(executable)} needs ${missing.join(', ')}, which apt did not install (see ${log})`,
    NAME_ONE,
  );
}
