/** The browser of the tests: the Chromium that the set-up found or fetched (tools/toolchain/chromium.mjs). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

interface Chromium {
  readonly executable: string;
  /** LD_LIBRARY_PATH of one that was fetched. */
  readonly libraries?: string;
  /** FONTCONFIG_FILE of one that was fetched. */
  readonly fonts?: string;
}

const pathsFile = join(import.meta.dirname, '..', '..', '..', '.local', 'toolchain', 'paths.json');

function foundChromium(): Chromium | undefined {
  if (!existsSync(pathsFile)) return undefined;
  const { chromium: found } = JSON.parse(readFileSync(pathsFile, 'utf8')) as { chromium?: Chromium };
  return found !== undefined && existsSync(found.executable) ? found : undefined;
}

/**
 * Whether tests in a browser are to be left out: `describe.skipIf(withoutBrowser())`. Says why, once for each file.
 *
 * Never true under CENTFLOW_REQUIRE_BROWSER: there the launch fails instead.
 */
export function withoutBrowser(): boolean {
  if (foundChromium() !== undefined || process.env.CENTFLOW_REQUIRE_BROWSER) return false;
  console.warn(
    'Skipped: there is no Chromium on this machine. `npm test` fetches one where apt has it; elsewhere set CENTFLOW_CHROMIUM.',
  );
  return true;
}

/**
 * A browser without a window. Close it when done.
 *
 * @param args more of Chromium's switches
 * @throws Error where this machine has no Chromium
 */
export async function launchBrowser(...args: readonly string[]): Promise<Browser> {
  const found = foundChromium();
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
      // Its own sandbox needs rights that containers and CI do not give; only the console's own pages are opened here.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // /dev/shm is 64 MB in a container.
      '--disable-dev-shm-usage',
      ...args,
    ],
    env: {
      ...definedOnly(process.env),
      ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
      ...(fonts === undefined ? {} : { FONTCONFIG_FILE: fonts }),
    },
  });
}

function definedOnly(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
