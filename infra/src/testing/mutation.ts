/** Removes single statements from policies, to test that each is needed. */
import type { IamStatement } from '../iam/statement.ts';

/** Returns the statements without one that allows something, once for each of those. */
export function without(
  statements: readonly IamStatement[],
): { readonly removed: IamStatement; readonly rest: readonly IamStatement[] }[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map((removed) => ({ removed, rest: statements.filter((other) => other !== removed) }));
}
