/** Who knows of advisories about what the lock files pin: `pnpm audit` of the npm registry, `uv audit` of OSV. */
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
/** A registry that is down answers each of a few tries within this time or not at all. */
const ANSWERED_WITHIN_MS = 60_000;

/** One advisory about one package. */
export interface Advisory {
  readonly package: string;
  readonly version: string;
  /** The advisory's id, and the ids that others gave it. */
  readonly ids: readonly string[];
  readonly title: string;
  readonly link: string;
}

/** What one source said, or why it said nothing. */
export type Answer =
  | { readonly source: string; readonly packages: number; readonly advisories: readonly Advisory[] }
  | { readonly source: string; readonly unanswered: string };

/** Where the services are, if they are not the usual ones. */
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

/** The report of uv 0.13; uv calls its form a preview, so a change of it fails here: https://docs.astral.sh/uv/reference/cli/#uv-audit */
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

/** Asks every source, one after another. */
export async function askAll(tools: ToolPaths, services: Services = {}): Promise<Answer[]> {
  const answers = [await askNpm(tools, 'production', services), await askNpm(tools, 'development', services)];
  for (const project of PYTHON_PROJECTS) answers.push(await askOsv(tools, project, services));
  return answers;
}

/**
 * Asks the npm registry about the workspace's packages.
 *
 * @throws Error pnpm failed for another reason than a registry that does not answer.
 */
export async function askNpm(
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
 * Asks OSV about a Python project's packages.
 *
 * @throws Error uv failed for another reason than a service that does not answer.
 */
export async function askOsv({ uv }: ToolPaths, project: string, { osv, answeredWithinMs }: Services): Promise<Answer> {
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

/** Why there is no answer; undefined if the program reports, or fails for a reason of its own. */
function unansweredBy({ stdout, stderr, timedOut }: Run, isOfTheRegistry: RegExp): string | undefined {
  if (timedOut) return 'no answer in time';
  if (stdout.trim() !== '' || !isOfTheRegistry.test(stderr)) return undefined;
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

/** An audit that finds something ends with another code than 0, and reports all the same. */
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
