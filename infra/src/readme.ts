/** The part of the repository's README that follows from the code: what the environments cost. */
import { idleCosts, total } from './costs.ts';
import type { Environment } from './environment.ts';
import { withPart } from './generated-part.ts';

/**
 * Writes the monthly costs into the README.
 *
 * @throws {PageError} if the page has no place for them.
 */
export function renderReadme(page: string, environments: readonly Environment[]): string {
  const costs = environments.map(
    (environment) => `\`${environment.name}\` costs about ${total(idleCosts(environment)).toFixed(0)}`,
  );
  const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(costs);
  return withPart(page, 'idle-costs', `While nobody uploads anything, ${list} USD a month by list prices.`);
}
