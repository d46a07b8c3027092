/** Launches the Chromium that the set-up found or fetched (tools/toolchain/chromium.mjs). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

interface Chromium {
  readonly executable: string;
  /** The LD_LIBRARY_PATH that a fetched Chromium needs. */
  readonly libraries?: string;
  /** The FONTCONFIG_FILE that a fetched Chromium needs. */
  readonly fonts?: string;
}

const pathsFile = join(import.meta.dirname, '..', '..', '..', '.local', 'toolchain', 'paths.json');

function findChromium(): Chromium | undefined {
  if (!existsSync(pathsFile)) return undefined;
  const { chromium: found } = JSON.parse(readFileSync(pathsFile, 'utf8')) as { chromium?: Chromium };
  return found !== undefined && existsSync(found.executable) ? found : undefined;
}

/**
 * Returns whether tests in a browser must be skipped: `describe.skipIf(withoutBrowser())`. Prints the reason once per
 * file.
 *
 * Always returns false if CENTFLOW_REQUIRE_BROWSER is set, so that the launch fails without a browser.
 */
export function withoutBrowser(): boolean {
  if (findChromium() !== undefined || process.env.CENTFLOW_REQUIRE_BROWSER) return false;
  console.warn(
    'Skipped, because this machine has no Chromium. `npm test` fetches Chromium if apt offers it; otherwise set CENTFLOW_CHROMIUM.',
  );
  return true;
}

/**
 * Launches a headless browser, which the caller must close.
 *
 * @param args additional command-line switches of Chromium
 * @throws Error if this machine has no Chromium
 */
export async function launchBrowser(...args: readonly string[]): Promise<Browser> {
  const found = findChromium();
  if (found === undefined) {
    throw new Error(
      `${pathsFile} names no Chromium. Run \`npm test\`, which fetches one where apt has it, or set CENTFLOW_CHROMIUM to an executable.`,
    );
  }
  const { executable, libraries, fonts } = found;
  return chromium.launch({
    executablePath: executable,
    headless: true,
    args: [
      // Containers and CI do not allow Chromium's sandbox. Running without it is safe, because tests open only the
      // console's pages.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Chromium must not use /dev/shm, which has only 64 MB in a container.
      '--disable-dev-shm-usage',
      ...args,
    ],
    env: {
      ...removeUndefined(process.env),
      ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
      ...(fonts === undefined ? {} : { FONTCONFIG_FILE: fonts }),
    },
  });
}

function removeUndefined(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
