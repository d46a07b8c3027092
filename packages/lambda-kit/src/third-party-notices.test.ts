import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { renderNotices } from './third-party-notices.ts';

const folder = mkdtempSync(join(tmpdir(), 'centflow-notices-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a package, and returns the path of a module in it. */
function writePackage(name: string, license: string, text?: string): string {
  const home = join(folder, 'node_modules', name);
  mkdirSync(join(home, 'esm'), { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
  writeFileSync(join(home, 'esm', 'package.json'), '{"type": "module"}');
  if (text !== undefined) writeFileSync(join(home, 'LICENSE.md'), text);
  return join(home, 'esm', 'index.js');
}

describe('renderNotices', () => {
  test('sorts packages independently of the order of files, and prints a shared licence text once', () => {
    const files = [
      writePackage('zoo', 'MIT', 'Copyright Zoe'),
      writePackage('ape', 'ISC', 'Copyright Ada\r\n'),
      `${writePackage('bee', 'ISC', 'Copyright Ada')}?url`,
      '/work/src/own.ts',
    ];
    const notices = renderNotices(files);
    expect(notices).toBe(
      `ape 1.2.3 (ISC)\nbee 1.2.3 (ISC)\n\nCopyright Ada\n\n${'-'.repeat(80)}\n\nzoo 1.2.3 (MIT)\n\nCopyright Zoe\n`,
    );
    expect(renderNotices(files.toReversed())).toBe(notices);
  });

  test('rejects a package without a licence text', () => {
    expect(() => renderNotices([writePackage('silent', 'MIT')])).toThrow('silent 1.2.3 has no licence text');
  });

  test('adds the standard licence text for a package in WITHOUT_TEXT', () => {
    expect(renderNotices([writePackage('drizzle-orm', 'Apache-2.0')])).toMatch(/Drizzle Team\n\nApache License/);
  });

  test('rejects a licence that is not allowed', () => {
    expect(() => renderNotices([writePackage('viral', 'GPL-3.0', 'text')])).toThrow('the licence "GPL-3.0"');
  });
});
