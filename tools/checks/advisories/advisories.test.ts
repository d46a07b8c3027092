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
import { type Advisory, type Answer, askNpm, askOsv, PYTHON_PROJECTS } from './sources.ts';

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
  test('passes where no source knows of an advisory', () => {
    expect(judgeAnswers([NOTHING], [], TODAY, true)).toEqual({
      lines: ['✔ Python, glue: 98 packages, no advisories'],
      hasFailed: false,
    });
  });

  test('fails at an advisory and says of which package it is', () => {
    const { lines, hasFailed } = judgeAnswers([FOUND, NOTHING], [], TODAY, false);
    expect(hasFailed).toBe(true);
    expect(lines[1]).toBe(
      '  ✖ hono 4.13.19: high: A forged request is accepted (GHSA-aaaa-bbbb-cccc) https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
    );
  });

  test('passes at an accepted advisory up to its last day, by any of its ids', () => {
    for (const id of ADVISORY.ids) {
      const { lines, hasFailed } = judgeAnswers([FOUND], [{ ...ACCEPTED, id }], TODAY, false);
      expect(hasFailed).toBe(false);
      expect(lines[1]).toContain(`accepted until ${TODAY}: ${ACCEPTED.reason}`);
    }
  });

  test('fails again on the day after', () => {
    const { lines, hasFailed } = judgeAnswers([FOUND], [{ ...ACCEPTED, until: '2026-11-29' }], TODAY, false);
    expect(hasFailed).toBe(true);
    expect(lines[1]).toContain('was accepted until 2026-11-29: update the package, or decide again.');
  });

  test('accepts neither the same advisory of another package nor another of the same package', () => {
    for (const entry of [
      { ...ACCEPTED, package: 'hono-other' },
      { ...ACCEPTED, id: 'GHSA-aaaa-bbbb-dddd' },
    ]) {
      expect(judgeAnswers([FOUND], [entry], TODAY, false).hasFailed).toBe(true);
    }
  });

  test('skips a source that does not answer, and says why, unless answers are required', () => {
    const skipped = judgeAnswers([UNANSWERED], [ACCEPTED], TODAY, false);
    expect(skipped).toEqual({ lines: ['– Python, glue: skipped, responded with 405'], hasFailed: false });
    expect(judgeAnswers([UNANSWERED], [], TODAY, true).hasFailed).toBe(true);
  });

  test('says that an accepted advisory is no longer found, once every source has answered', () => {
    expect(judgeAnswers([NOTHING], [ACCEPTED], TODAY, false).lines.at(-1)).toBe(
      '· GHSA-aaaa-bbbb-cccc of hono is accepted and no longer found: remove it.',
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
  ])('refuses an entry without its %s', (field, entry) => {
    const folder = mkdtempSync(join(tmpdir(), 'centflow-advisories-'));
    const file = join(folder, 'accepted.json');
    writeFileSync(file, JSON.stringify({ accepted: [entry] }));
    expect(() => readAccepted(file)).toThrow(field);
    rmSync(folder, { recursive: true });
  });
});

describe('a registry', () => {
  const tools = readToolPaths();
  const servers: Server[] = [];

  /** Answers a request by its path and body; `undefined` leaves it without an answer. */
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

  /** What OSV answers: of each query the ids, and of each id the rest. */
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

  test('of npm that knows of an advisory is understood', async () => {
    const npmRegistry = await serve((path, body) => {
      if (!path.endsWith('/advisories/bulk')) return { body: '{}' };
      expect(Object.keys(JSON.parse(body))).toContain('hono');
      const advisory = { id: 1100001, title: 'A forged request is accepted', severity: 'high', cwe: [], cvss: {} };
      return { body: JSON.stringify({ hono: [{ ...advisory, url: ADVISORY.link, vulnerable_versions: '<99.0.0' }] }) };
    });
    expect(await askNpm(tools, 'production', { npmRegistry })).toMatchObject({
      source: 'npm, production',
      advisories: [{ ...ADVISORY, version: expect.stringMatching(/^\d/) }],
    });
  });

  test('of npm that knows of none is understood, for what only tests and builds use as well', async () => {
    const npmRegistry = await serve(() => ({ body: '{}' }));
    const answer = await askNpm(tools, 'development', { npmRegistry });
    expect(answer).toEqual({ source: 'npm, development', packages: expect.any(Number), advisories: [] });
  });

  test('of Python that knows of an advisory is understood', async () => {
    const osv = await serve(osvOf('pymysql'));
    expect(await askOsv(tools, 'glue', { osv })).toMatchObject({
      source: 'Python, glue',
      advisories: [{ package: 'pymysql', ids: ['PYSEC-2026-1', 'CVE-2026-1'], title: 'Files are read.' }],
    });
  });

  test.each(PYTHON_PROJECTS)('of Python that knows of none is understood for %s', async (project) => {
    const osv = await serve(osvOf('no such package'));
    const answer = await askOsv(tools, project, { osv });
    expect(answer).toEqual({ source: `Python, ${project}`, packages: expect.any(Number), advisories: [] });
  });

  test.each([
    ['405', () => ({ status: 405, body: 'no' }), '405'],
    ['a page', () => ({ body: '<html>Sign in to this network</html>' }), 'JSON|decoding'],
    ['JSON of another form', () => ({ body: '[1, 2]' }), 'unexpected body|decoding'],
    ['nothing at all', () => undefined, 'no answer in time'],
  ])('that answers %s is a reason to skip it', async (_, answer, why) => {
    const url = await serve(answer);
    const services = { npmRegistry: url, osv: url, answeredWithinMs: why === 'no answer in time' ? 3000 : 60_000 };
    for (const found of [await askNpm(tools, 'production', services), await askOsv(tools, 'infra/checkov', services)]) {
      expect(found).toEqual({ source: expect.any(String), unanswered: expect.stringMatching(why) });
    }
  });

  test('is asked about every lock file of Python', () => {
    const files = execFileSync('git', ['ls-files', 'uv.lock', '*/uv.lock'], { cwd: repository, encoding: 'utf8' });
    const projects = files
      .trim()
      .split('\n')
      .map((file) => dirname(file));
    expect(PYTHON_PROJECTS.toSorted()).toEqual(projects.toSorted());
  });

  test('is not blamed for an audit that cannot run', async () => {
    await expect(askOsv(tools, 'docs', {})).rejects.toThrow('the audit did not run');
    await expect(askNpm({ ...tools, pnpm: '/no/such/pnpm' }, 'production', {})).rejects.toThrow('ENOENT');
  });
});
