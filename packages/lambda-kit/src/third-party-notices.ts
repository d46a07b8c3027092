/** Renders the notices of the packages that a bundle contains: their names, versions, licences and licence texts. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The name of the file with the notices, which is stored beside a bundle. */
export const NOTICES_FILE = 'third-party-notices.txt';

/** Licences that allow us to distribute a package under Apache-2.0 if we include their texts. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'OFL-1.1']);

/** Packages that name a licence but do not include the licence text, with their copyright holders. */
const WITHOUT_TEXT: Readonly<Record<string, string>> = {
  '@aws-lambda-powertools/batch': 'Amazon Web Services',
  '@aws-lambda-powertools/commons': 'Amazon Web Services',
  '@aws-lambda-powertools/logger': 'Amazon Web Services',
  '@aws-lambda-powertools/metrics': 'Amazon Web Services',
  '@aws-sdk/credential-provider-http': 'Amazon Web Services',
  '@aws-sdk/credential-provider-login': 'Amazon Web Services',
  '@aws-sdk/nested-clients': 'Amazon Web Services',
  '@hono/zod-openapi': 'the contributors of github.com/honojs/middleware',
  '@hono/zod-validator': 'the contributors of github.com/honojs/middleware',
  'drizzle-orm': 'Drizzle Team',
  'react-remove-scroll-bar': 'Anton Korzunov',
};

const PERMISSION = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so`;

const WARRANTY = `THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** The texts of the licences in `WITHOUT_TEXT`. */
const STANDARD_TEXTS: Readonly<Record<string, () => string>> = {
  MIT: () => `${PERMISSION}, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

${WARRANTY}`,
  'MIT-0': () => `${PERMISSION}.

${WARRANTY}`,
  'Apache-2.0': () => readFileSync(join(import.meta.dirname, '..', '..', '..', 'LICENSE'), 'utf8').trim(),
};

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/**
 * Returns the notices of all packages that the files belong to. A licence text that several packages share appears once.
 *
 * @param files absolute paths of the bundle's modules. The bundler may add a prefix or a query. Files outside of
 * node_modules are ignored
 * @throws {Error} a package has no licence text, or a licence that is not in `ALLOWED`.
 */
export function renderNotices(files: Iterable<string>): string {
  const folders = new Set<string>();
  for (const file of files) {
    const path = file.replace(/^\0/, '').replace(/\?.*$/, '');
    if (path.includes('/node_modules/')) folders.add(findPackage(dirname(path)));
  }
  const titlesByText = new Map<string, Set<string>>();
  for (const folder of folders) {
    const { title, text } = readNotice(folder);
    titlesByText.set(text, (titlesByText.get(text) ?? new Set()).add(title));
  }
  return [...titlesByText]
    .map(([text, titles]) => `${[...titles].sort().join('\n')}\n\n${text}\n`)
    .sort()
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Returns the folder of the package. A package.json without a name and a version only sets the module format. */
function findPackage(folder: string): string {
  if (folder === dirname(folder) || folder.endsWith('/node_modules')) throw new Error(`${folder} is not in a package.`);
  const { name, version } = readManifest(folder);
  return name !== undefined && version !== undefined ? folder : findPackage(dirname(folder));
}

function readManifest(folder: string): Manifest {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
}

function readNotice(folder: string): { readonly title: string; readonly text: string } {
  const { name = '', version = '', license = '' } = readManifest(folder);
  if (!ALLOWED.has(license)) {
    throw new Error(
      `${name} ${version} has the licence "${license}", which third-party-notices.ts does not allow. ` +
        'Use another package, or add the licence if Centflow may distribute it.',
    );
  }
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)([.-]|$)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  const holder = WITHOUT_TEXT[name];
  const standardText = STANDARD_TEXTS[license];
  if (texts.length === 0 && holder !== undefined && standardText !== undefined) {
    texts.push(`Copyright (c) ${holder}\n\n${standardText()}`);
  }
  if (texts.length === 0) {
    throw new Error(`${name} ${version} has no licence text. Add it to WITHOUT_TEXT in third-party-notices.ts.`);
  }
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') };
}
