/**
 * A pull request would delete the databases. The policy refuses its plans, except in an environment with an exemption.
 */
import assert from 'node:assert/strict';
import { addExemptions, proposedIn, renameDatabase } from '../changes.ts';
import type { DeliveryContext } from '../context.ts';
import { reportOf } from '../delivery.ts';
import { assertRefused, assertSucceeded } from '../expectations.ts';

const WHY = /aws_db_instance.*destroys-data/s;

export async function databaseIsKept({ steps, clone, delivery, gitHub }: DeliveryContext): Promise<void> {
  const first = await steps.run(
    'The policy refuses a pull request that renames a construct, because the database would be deleted',
    async () => {
      const opened = await clone.open('Call the database books', renameDatabase);
      const { dev } = await delivery.plan(opened, ['dev']);
      assertRefused(dev, 6, WHY);
      return opened;
    },
  );
  await steps.run(
    'With an exemption for dev, the plan is allowed in dev and refused in staging and production',
    async () => {
      const proposed = proposedIn(reportOf(delivery.runner('dev'), 'dev'));
      assert.ok(proposed.some(({ stack, rule }) => stack === 'dev-store' && rule === 'destroys-data'));
      const pushed = await clone.push(first, 'Allow the deletion in dev', (checkout) =>
        addExemptions(checkout, proposed, 'dev is rebuilt from its bucket.'),
      );
      const { dev, staging, production } = await delivery.plan(pushed);
      assertSucceeded(dev);
      assertRefused(staging, 6, WHY);
      assertRefused(production, 6, WHY);
    },
  );
  await steps.run(
    'The comment on the pull request reports the allowed and the refused plans, and the pull request is not merged',
    async () => {
      await delivery.comment(first);
      const [comment] = gitHub.state.commentsOf(first.number);
      assert.match(comment?.body ?? '', /Refused by the plan policy.*aws_db_instance/s);
      assert.match(comment?.body ?? '', /Allowed by an exemption/);
    },
  );
}
