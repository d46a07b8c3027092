import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { personalToken } from './personal-token.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'centflow-token-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes a fake `gh` program with this script. */
function gh(script: string): void {
  writeFileSync(join(folder, 'gh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

describe('personalToken', () => {
  test('returns GITHUB_TOKEN, or GH_TOKEN if GITHUB_TOKEN is not set', async () => {
    gh('echo from-gh');
    expect(await personalToken({ PATH: folder, GITHUB_TOKEN: 'one', GH_TOKEN: 'two' })).toBe('one');
    expect(await personalToken({ PATH: folder, GITHUB_TOKEN: '', GH_TOKEN: 'two' })).toBe('two');
  });

  test('returns the output of `gh auth token` if neither variable is set', async () => {
    gh('[ "$1 $2" = "auth token" ] && echo from-gh');
    expect(await personalToken({ PATH: folder })).toBe('from-gh');
  });

  test.each<[string, () => void]>([
    ['gh is not installed', () => {}],
    ['nobody is signed in to gh', () => gh('echo "no oauth token found for github.com" >&2; exit 1')],
    ['gh returns nothing', () => gh('true')],
  ])('reports a missing token if %s', async (_, prepare) => {
    prepare();
    await expect(personalToken({ PATH: folder })).rejects.toThrow(
      /There is no token for GitHub\. GITHUB_TOKEN is not set.*What to do: sign in with `gh auth login` .* or set GITHUB_TOKEN/s,
    );
  });
});
