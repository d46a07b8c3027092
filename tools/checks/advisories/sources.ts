/** Queries the sources of advisories: the npm registry with `pnpm audit`, and OSV with `uv audit`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { repository, type ToolPaths } from '@centflow/local-processes/paths';
import { z } from 'zod';

/** The projects with a `uv.lock`. */
export const PYTHON_PROJECTS = [
  'glue',
  'apps/console/contract-tests',
  'packages/local-stack/src/emulator',
  'infra/checkov',
  '.github/lint',
];
/** The time limit for an audit in milliseconds, including retries. */
const ANSWERED_WITHIN_MS = 60_000;

/** One advisory about one package. */
export interface Advisory {
  readonly package: string;
  readonly version: string;
  /** The advisory's id, and its ids in other databases. */
  readonly ids: readonly string[];
  readonly title: string;
  readonly link: string;
}

/** The advisories that a source returned, or the reason why the source did not answer. */
export type Answer =
  | { readonly source: string; readonly packages: number; readonly advisories: readonly Advisory[] }
  | { readonly source: string; readonly unanswered: string };

/** Addresses that replace the default addresses of the services. */
export interface Services {
  readonly npmRegistry?: string;
  readonly osv?: string;
  readonly answeredWithinMs?: number;
}

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

const pnpmReport = z.object({
  advisories: z.record(
    z.string(),
    z.object({
      module_name: z.string(),
      title: z.string(),
      severity: z.string(),
      url: z.string(),
      github_advisory_id: z.string().optional(),
      id: z.number(),
      findings: z.array(z.object({ version: z.string() })),
    }),
  ),
  metadata: z.object({ totalDependencies: z.number() }),
});

/**
 * The format of uv 0.13's report. uv documents the format as a preview. If a new version changes the format, parsing
 * fails: https://docs.astral.sh/uv/reference/cli/#uv-audit
 */
const uvReport = z.object({
  summary: z.object({ audited_packages: z.number() }),
  vulnerabilities: z.array(
    z.object({
      dependency: z.object({ name: z.string(), version: z.string() }),
      id: z.string(),
      aliases: z.array(z.string()),
      summary: z.string().nullish(),
      link: z.string().nullish(),
    }),
  ),
});

/** Queries every source, one after another. */
export async function queryAllSources(tools: ToolPaths, services: Services = {}): Promise<Answer[]> {
  const answers = [await queryNpm(tools, 'production', services), await queryNpm(tools, 'development', services)];
  for (const project of PYTHON_PROJECTS) answers.push(await queryOsv(tools, project, services));
  return answers;
}

/**
 * Queries the npm registry for advisories about the workspace's packages.
 *
 * @throws Error if pnpm fails, except because of an unavailable registry
 */
export async function queryNpm(
  { pnpm }: ToolPaths,
  kind: 'production' | 'development',
  { npmRegistry, answeredWithinMs }: Services,
): Promise<Answer> {
  const source = `npm, ${kind}`;
  const args = ['audit', '--json', kind === 'production' ? '--prod' : '--dev'];
  const found = await run(pnpm, args, repository, answeredWithinMs, {
    PNPM_CONFIG_FETCH_RETRIES: '1',
    PNPM_CONFIG_FETCH_TIMEOUT: '15000',
    ...(npmRegistry !== undefined && { PNPM_CONFIG_REGISTRY: npmRegistry }),
  });
  const unanswered = unansweredBy(found, /ERR_PNPM_AUDIT_BAD_RESPONSE|ERR_PNPM_\w*FETCH\w*|error sending request/);
  if (unanswered !== undefined) return { source, unanswered };
  const report = pnpmReport.parse(parsed(found, source));
  return {
    source,
    packages: report.metadata.totalDependencies,
    advisories: Object.values(report.advisories).map((one) => ({
      package: one.module_name,
      version: [...new Set(one.findings.map(({ version }) => version))].join(', '),
      ids: [...(one.github_advisory_id === undefined ? [] : [one.github_advisory_id]), String(one.id)],
      title: `${one.severity}: ${one.title}`,
      link: one.url,
    })),
  };
}

/**
 * Queries OSV for advisories about a Python project's packages.
 *
 * @throws Error if uv fails, except because of an unavailable service
 */
export async function queryOsv(
  { uv }: ToolPaths,
  project: string,
  { osv, answeredWithinMs }: Services,
): Promise<Answer> {
  const source = `Python, ${project}`;
  const features = ['--preview-features', 'audit-command,json-output'];
  const args = ['audit', '--frozen', ...features, '--output-format', 'json'];
  const service = osv === undefined ? [] : ['--service-url', osv];
  const found = await run(uv, [...args, ...service], join(repository, project), answeredWithinMs, {
    UV_HTTP_TIMEOUT: '15',
  });
  const unanswered = unansweredBy(found, /Request failed after|error sending request|for url \(/);
  if (unanswered !== undefined) return { source, unanswered };
  const report = uvReport.parse(parsed(found, source));
  return {
    source,
    packages: report.summary.audited_packages,
    advisories: report.vulnerabilities.map((one) => ({
      package: one.dependency.name,
      version: one.dependency.version,
      ids: [one.id, ...one.aliases],
      title: one.summary ?? 'no summary',
      link: one.link ?? `https://osv.dev/vulnerability/${one.id}`,
    })),
  };
}

/**
 * Returns why the registry did not answer. Returns undefined if the program printed a report, or failed for another
 * reason.
 */
function unansweredBy({ stdout, stderr, timedOut }: Run, registryFailure: RegExp): string | undefined {
  if (timedOut) return 'no answer in time';
  if (stdout.trim() !== '' || !registryFailure.test(stderr)) return undefined;
  return stderr
    .replace(/[│×]/g, '')
    .replace(/^Error: /, '')
    .split(/\s+/)
    .join(' ')
    .trim()
    .slice(0, 240);
}

function parsed({ stdout, stderr }: Run, source: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${source}: the audit did not run. ${stderr.trim() || stdout.trim()}`);
  }
}

/** Runs an audit. An audit that finds an advisory prints a report and exits with a code other than 0. */
function run(
  command: string,
  args: readonly string[],
  cwd: string,
  timeout = ANSWERED_WITHIN_MS,
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const options = { cwd, timeout, maxBuffer: 64 << 20, env: { ...process.env, ...env } };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error !== null && (error as NodeJS.ErrnoException).code === 'ENOENT') reject(error);
      else resolve({ stdout, stderr, timedOut: error?.killed === true });
    });
  });
}
