/** A pull request that would delete the databases: refused, and with an exemption allowed where the exemption says so. */
import assert from 'node:assert/strict';
import { addExemptions, proposedIn, renameDatabase } from '../changes.ts';
import { reportOf } from '../delivery.ts';
import { refused, succeeded } from '../expectations.ts';
import type { World } from '../world.ts';

const WHY = /aws_db_instance.*destroys-data/s;

export async function databaseIsKept({ story, desk, delivery, gitHub }: World): Promise<void> {
  const first = await story.step(
    'A pull request renames a construct: the database would go, which the policy refuses',
    async () => {
      const opened = await desk.open('Call the database books', renameDatabase);
      const { dev } = await delivery.plan(opened, ['dev']);
      refused(dev, 6, WHY);
      return opened;
    },
  );
  await story.step('With an exemption for dev it is allowed there, and refused in staging and production', async () => {
    const proposed = proposedIn(reportOf(delivery.runner('dev'), 'dev'));
    assert.ok(proposed.some(({ stack, rule }) => stack === 'dev-store' && rule === 'destroys-data'));
    const pushed = await desk.push(first, 'Let it go in dev', (checkout) =>
      addExemptions(checkout, proposed, 'dev is rebuilt from its bucket.'),
    );
    const { dev, staging, production } = await delivery.plan(pushed);
    succeeded(dev);
    refused(staging, 6, WHY);
    refused(production, 6, WHY);
  });
  await story.step('It is said on the pull request, which is not merged', async () => {
    await delivery.comment(first);
    const [comment] = gitHub.state.commentsOf(first.number);
    assert.match(comment?.body ?? '', /Refused by the plan policy.*aws_db_instance/s);
    assert.match(comment?.body ?? '', /Allowed by an exemption/);
  });
}
