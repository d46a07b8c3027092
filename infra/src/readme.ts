/** Renders the part of the repository's README that derives from the code: the costs of the environments. */
import { idleCosts, total } from './costs.ts';
import type { Environment } from './environment.ts';
import { withPart } from './generated-part.ts';

/**
 * Writes the monthly costs into the README.
 *
 * @throws {PageError} the page lacks the marks of the part.
 */
export function renderReadme(page: string, environments: readonly Environment[]): string {
  const costs = environments.map(
    (environment) => `\`${environment.name}\` costs about ${total(idleCosts(environment)).toFixed(0)}`,
  );
  const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(costs);
  return withPart(page, 'idle-costs', `While nobody uploads anything, ${list} USD a month by list prices.`);
}
