/** The tables of docs/runbook.md that follow from the code: costs and alarms. */

import { GLUE_VERSION } from '@centflow/glue/glue-version';
import { alarmsOf } from './alarms.ts';
import { idleCosts, total } from './costs.ts';
import type { Environment } from './environment.ts';
import { withPart } from './generated-part.ts';
import { priceOfJob } from './prices.ts';

/**
 * The page with its tables as they follow from the code now.
 *
 * @throws {PageError} the page has no place for one of them.
 */
export function renderRunbook(page: string, environments: readonly Environment[]): string {
  const costs = `${costTable(environments)}\n\n${glueByUse()}`;
  return withPart(withPart(page, 'costs', costs), 'alarms', alarmTable(environments));
}

function costTable(environments: readonly Environment[]): string {
  const costs = environments.map(idleCosts);
  const usd = (value: number) => value.toFixed(2);
  const rows = (costs[0] ?? []).map(({ what }, index) => [
    what,
    ...costs.map((ofOne) => usd(ofOne[index]?.usd ?? Number.NaN)),
  ]);
  const sums = ['**USD a month**', ...costs.map((ofOne) => `**${usd(total(ofOne))}**`)];
  return markdownTable(['idle, a month', ...environments.map(({ name }) => name)], [...rows, sums]);
}

/** What uploads add to the table. */
function glueByUse(): string {
  const { usd } = priceOfJob(GLUE_VERSION);
  return `Uploads add Glue by the second: ${usd} USD an hour for each G.1X worker on Glue ${GLUE_VERSION}.`;
}

/** Every alarm that any environment has, once. */
function alarmTable(environments: readonly Environment[]): string {
  const alarms = new Map(environments.flatMap(alarmsOf).map((alarm) => [`${alarm.stage}-${alarm.measure}`, alarm]));
  const rows = [...alarms].map(([name, { whatToDo }]) => [`\`${name}\``, whatToDo]);
  return markdownTable(['alarm', 'what to do'], rows);
}

/** Padded, as a formatter would. */
function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}
