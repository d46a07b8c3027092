/** Writes the report of the checks as Markdown for people and as JSON for programs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome, Result } from './check.ts';

export interface Report {
  readonly environment: string;
  readonly accountId: string;
  readonly region: string;
  /** The release that was checked. */
  readonly version: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** The results of all checks, in the order in which they ran. */
  readonly results: readonly Result[];
  /** The questions that no check can answer. */
  readonly neverProven: readonly string[];
}

const HEADINGS: Readonly<Record<Outcome, string>> = {
  failed: 'Failed',
  unproven: 'Cannot be proven here',
  skipped: 'Skipped',
  passed: 'Passed',
};

export const REPORT_NAME = 'accept';

/** Writes `accept.md` and `accept.json`. */
export function writeReport(folder: string, report: Report): { readonly markdown: string; readonly json: string } {
  mkdirSync(folder, { recursive: true });
  const markdown = join(folder, `${REPORT_NAME}.md`);
  const json = join(folder, `${REPORT_NAME}.json`);
  writeFileSync(markdown, renderMarkdown(report));
  writeFileSync(json, `${JSON.stringify({ format: 1, ...report }, undefined, 2)}\n`);
  return { markdown, json };
}

export function renderMarkdown(report: Report): string {
  const { environment, accountId, region, version, startedAt, endedAt, results, neverProven } = report;
  const sections = (['failed', 'unproven', 'skipped', 'passed'] as const).flatMap((outcome) => {
    const selected = results.filter((result) => result.outcome === outcome);
    return selected.length === 0 ? [] : [`## ${HEADINGS[outcome]}`, table(outcome, selected)];
  });
  const never = ['## Not covered by the checks', neverProven.map((what) => `- ${what}`).join('\n')];
  return `${[
    `# Acceptance of ${environment}`,
    `Release ${version} in account ${accountId}, ${region}. From ${startedAt} to ${endedAt}: ${summaryOf(results)}.`,
    ...sections,
    ...(neverProven.length === 0 ? [] : never),
  ].join('\n\n')}\n`;
}

/** Returns a summary such as `12 passed, 1 failed, 2 skipped, 3 not proven`. */
export function summaryOf(results: readonly Result[]): string {
  const count = (outcome: Outcome) => results.filter((result) => result.outcome === outcome).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped, ${count('unproven')} not proven`;
}

function table(outcome: Outcome, results: readonly Result[]): string {
  const last = outcome === 'failed' ? ['seen', 'what to do'] : [outcome === 'passed' ? 'seen' : 'why'];
  const rows = results.map(({ name, proves, detail, ifItFails, seconds }) => {
    const cells = [`\`${name}\``, proves, `${seconds.toFixed(1)} s`, detail];
    return outcome === 'failed' ? [...cells, ifItFails] : cells;
  });
  const head = ['check', 'proves', 'took', ...last];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(inTable).join(' | ')} |`).join('\n');
}

function inTable(cell: string): string {
  return cell
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, '<br>');
}
