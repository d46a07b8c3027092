import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readToolPaths, repository } from '@centflow/local-processes/paths';
import { afterEach, describe, expect, test } from 'vitest';
import { judgeAnswers, readAccepted } from './judge.ts';
import { type Advisory, type Answer, PYTHON_PROJECTS, queryNpm, queryOsv } from './sources.ts';

const TODAY = '2026-11-30';
const ADVISORY: Advisory = {
  package: 'hono',
  version: '4.13.19',
  ids: ['GHSA-aaaa-bbbb-cccc', '1100001'],
  title: 'high: A forged request is accepted',
  link: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
};
const FOUND: Answer = { source: 'npm, production', packages: 183, advisories: [ADVISORY] };
const NOTHING: Answer = { source: 'Python, glue', packages: 98, advisories: [] };
const UNANSWERED: Answer = { source: 'Python, glue', unanswered: 'responded with 405' };
const ACCEPTED = {
  id: 'GHSA-aaaa-bbbb-cccc',
  package: 'hono',
  reason: 'The console does not call the function that it is about.',
  until: TODAY,
};

describe('judgeAnswers', () => {
  test('passes if no source reports an advisory', () => {
    expect(judgeAnswers([NOTHING], [], TODAY, true)).toEqual({
      lines: ['✔ Python, glue: 98 packages, no advisories'],
      hasFailed: false,
    });
  });

  test('fails for an advisory, and reports its package', () => {
    const { lines, hasFailed } = judgeAnswers([FOUND, NOTHING], [], TODAY, false);
    expect(hasFailed).toBe(true);
    expect(lines[1]).toBe(
      '  ✖ hono 4.13.19: high: A forged request is accepted (GHSA-aaaa-bbbb-cccc) https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
    );
  });

  test('accepts an advisory by any of its ids until the last day of the acceptance', () => {
    for (const id of ADVISORY.ids) {
      const { lines, hasFailed } = judgeAnswers([FOUND], [{ ...ACCEPTED, id }], TODAY, false);
      expect(hasFailed).toBe(false);
      expect(lines[1]).toContain(`accepted until ${TODAY}: ${ACCEPTED.reason}`);
    }
  });

  test('fails on the day after an acceptance ends', () => {
    const { lines, hasFailed } = judgeAnswers([FOUND], [{ ...ACCEPTED, until: '2026-11-29' }], TODAY, false);
    expect(hasFailed).toBe(true);
    expect(lines[1]).toContain('was accepted until 2026-11-29: update the package, or accept it again.');
  });

  test('does not apply an acceptance to another package or another advisory', () => {
    for (const entry of [
      { ...ACCEPTED, package: 'hono-other' },
      { ...ACCEPTED, id: 'GHSA-aaaa-bbbb-dddd' },
    ]) {
      expect(judgeAnswers([FOUND], [entry], TODAY, false).hasFailed).toBe(true);
    }
  });

  test('skips a source that does not answer and reports why, unless answers are required', () => {
    const skipped = judgeAnswers([UNANSWERED], [ACCEPTED], TODAY, false);
    expect(skipped).toEqual({ lines: ['– Python, glue: skipped, responded with 405'], hasFailed: false });
    expect(judgeAnswers([UNANSWERED], [], TODAY, true).hasFailed).toBe(true);
  });

  test('reports that an acceptance is no longer needed, if every source has answered', () => {
    expect(judgeAnswers([NOTHING], [ACCEPTED], TODAY, false).lines.at(-1)).toBe(
      '· GHSA-aaaa-bbbb-cccc of hono is accepted, but no longer reported. Remove it from the accepted advisories.',
    );
  });
});

describe('readAccepted', () => {
  test('reads the committed file', () => {
    expect(Array.isArray(readAccepted(join(repository, '.ci', 'accepted-advisories.json')))).toBe(true);
  });

  test.each([
    ['reason', { ...ACCEPTED, reason: '' }],
    ['until', { ...ACCEPTED, until: 'never' }],
    ['until', { ...ACCEPTED, until: undefined }],
  ])('rejects an entry without a valid %s', (field, entry) => {
    const folder = mkdtempSync(join(tmpdir(), 'centflow-advisories-'));
    const file = join(folder, 'accepted.json');
    writeFileSync(file, JSON.stringify({ accepted: [entry] }));
    expect(() => readAccepted(file)).toThrow(field);
    rmSync(folder, { recursive: true });
  });
});

describe('the queries to the package registries', () => {
  const tools = readToolPaths();
  const servers: Server[] = [];

  /**
   * Starts a server that answers requests by path and body. If `answer` returns undefined, the server never answers.
   */
  async function serve(answer: (path: string, body: string) => { status?: number; body: string } | undefined) {
    const server = createServer(async (request, response) => {
      const found = answer(request.url ?? '', await bodyOf(request));
      if (found === undefined) return;
      response.writeHead(found.status ?? 200, { 'content-type': 'application/json' }).end(found.body);
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function bodyOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString();
  }

  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** Simulates OSV. A query returns ids of advisories, and the path of an id returns the details. */
  const osvOf = (vulnerable: string) => (path: string, body: string) => {
    if (path !== '/v1/querybatch') {
      const [id, modified] = ['PYSEC-2026-1', '2026-01-01T00:00:00Z'];
      const affected = [{ package: { name: vulnerable, ecosystem: 'PyPI' }, versions: ['1.2.4'] }];
      return { body: JSON.stringify({ id, modified, aliases: ['CVE-2026-1'], summary: 'Files are read.', affected }) };
    }
    const { queries } = JSON.parse(body) as { queries: { package: { name: string } }[] };
    const results = queries.map((query) =>
      query.package.name === vulnerable ? { vulns: [{ id: 'PYSEC-2026-1', modified: '2026-01-01T00:00:00Z' }] } : {},
    );
    return { body: JSON.stringify({ results }) };
  };

  test('queryNpm returns an advisory of the npm registry', async () => {
    const npmRegistry = await serve((path, body) => {
      if (!path.endsWith('/advisories/bulk')) return { body: '{}' };
      expect(Object.keys(JSON.parse(body))).toContain('hono');
      const advisory = { id: 1100001, title: 'A forged request is accepted', severity: 'high', cwe: [], cvss: {} };
      return { body: JSON.stringify({ hono: [{ ...advisory, url: ADVISORY.link, vulnerable_versions: '<99.0.0' }] }) };
    });
    expect(await queryNpm(tools, 'production', { npmRegistry })).toMatchObject({
      source: 'npm, production',
      advisories: [{ ...ADVISORY, version: expect.stringMatching(/^\d/) }],
    });
  });

  test('queryNpm returns no advisories for development packages if the registry has none', async () => {
    const npmRegistry = await serve(() => ({ body: '{}' }));
    const answer = await queryNpm(tools, 'development', { npmRegistry });
    expect(answer).toEqual({ source: 'npm, development', packages: expect.any(Number), advisories: [] });
  });

  test('queryOsv returns an advisory of OSV', async () => {
    const osv = await serve(osvOf('pymysql'));
    expect(await queryOsv(tools, 'glue', { osv })).toMatchObject({
      source: 'Python, glue',
      advisories: [{ package: 'pymysql', ids: ['PYSEC-2026-1', 'CVE-2026-1'], title: 'Files are read.' }],
    });
  });

  test.each(PYTHON_PROJECTS)('queryOsv returns no advisories for %s if OSV has none', async (project) => {
    const osv = await serve(osvOf('no such package'));
    const answer = await queryOsv(tools, project, { osv });
    expect(answer).toEqual({ source: `Python, ${project}`, packages: expect.any(Number), advisories: [] });
  });

  test.each([
    ['the status 405', () => ({ status: 405, body: 'no' }), '405'],
    ['a page', () => ({ body: '<html>Sign in to this network</html>' }), 'JSON|decoding'],
    ['JSON of another form', () => ({ body: '[1, 2]' }), 'unexpected body|decoding'],
    ['no answer', () => undefined, 'no answer in time'],
  ])('queryNpm and queryOsv return a reason instead of advisories if the registry sends %s', async (_, answer, why) => {
    const url = await serve(answer);
    const services = { npmRegistry: url, osv: url, answeredWithinMs: why === 'no answer in time' ? 3000 : 60_000 };
    for (const found of [
      await queryNpm(tools, 'production', services),
      await queryOsv(tools, 'infra/checkov', services),
    ]) {
      expect(found).toEqual({ source: expect.any(String), unanswered: expect.stringMatching(why) });
    }
  });

  test('PYTHON_PROJECTS lists every uv.lock of the repository', () => {
    const files = execFileSync('git', ['ls-files', 'uv.lock', '*/uv.lock'], { cwd: repository, encoding: 'utf8' });
    const projects = files
      .trim()
      .split('\n')
      .map((file) => dirname(file));
    expect(PYTHON_PROJECTS.toSorted()).toEqual(projects.toSorted());
  });

  test('queryNpm and queryOsv throw if the audit itself cannot run', async () => {
    await expect(queryOsv(tools, 'docs', {})).rejects.toThrow('the audit did not run');
    await expect(queryNpm({ ...tools, pnpm: '/no/such/pnpm' }, 'production', {})).rejects.toThrow('ENOENT');
  });
});
