/** Policies with a statement less, which a call must need. */
import type { IamStatement } from '../iam/statement.ts';

/** The statements without each of those that allow, in turn. */
export function without(
  statements: readonly IamStatement[],
): { readonly taken: IamStatement; readonly rest: readonly IamStatement[] }[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map((taken) => ({ taken, rest: statements.filter((other) => other !== taken) }));
}
