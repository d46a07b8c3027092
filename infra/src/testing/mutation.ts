/** Removes single statements from policies, to test that each statement is needed. */
import type { IamStatement } from '../iam/statement.ts';

/** Returns one copy of the statements for each Allow statement. The copy omits that statement. */
export function without(
  statements: readonly IamStatement[],
): { readonly removed: IamStatement; readonly rest: readonly IamStatement[] }[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map((removed) => ({ removed, rest: statements.filter((other) => other !== removed) }));
}
