/** Renders the tables of docs/runbook.md that derive from the code: costs and alarms. */
import { GLUE_VERSION } from '@centflow/glue/glue-version';
import { alarmsOf } from './alarms.ts';
import { idleCosts, total } from './costs.ts';
import type { Environment } from './environment.ts';
import { withPart } from './generated-part.ts';
import { priceOfJob } from './prices.ts';

/**
 * Returns the page with the current tables.
 *
 * @throws {PageError} the page lacks the marks of a table.
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
    ...costs.map((lines) => usd(lines[index]?.usd ?? Number.NaN)),
  ]);
  const sums = ['**USD a month**', ...costs.map((lines) => `**${usd(total(lines))}**`)];
  return markdownTable(['idle, a month', ...environments.map(({ name }) => name)], [...rows, sums]);
}

/** Returns the sentence that states the cost of uploads. */
function glueByUse(): string {
  const { usd } = priceOfJob(GLUE_VERSION);
  return `Uploads add Glue by the second: ${usd} USD an hour for each G.1X worker on Glue ${GLUE_VERSION}.`;
}

/** Returns a row for each alarm that any environment has. */
function alarmTable(environments: readonly Environment[]): string {
  const alarms = new Map(environments.flatMap(alarmsOf).map((alarm) => [`${alarm.stage}-${alarm.measure}`, alarm]));
  const rows = [...alarms].map(([name, { whatToDo }]) => [`\`${name}\``, whatToDo]);
  return markdownTable(['alarm', 'what to do'], rows);
}

/** Pads the cells, as a formatter would. */
function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [first = [], ...others] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n');
}
