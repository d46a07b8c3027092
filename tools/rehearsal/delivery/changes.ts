/** What Ann changes: the edits of each pull request. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checkout } from './checkout.ts';
import type { Change } from './desk.ts';
import { succeeded } from './expectations.ts';

/** Replaces something in a file of a checkout. */
export function edit({ folder }: Pick<Checkout, 'folder'>, file: string, from: RegExp | string, to: string): void {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`${file} has no ${from}: the rehearsal is to follow what stands there now`);
  writeFileSync(path, after);
}

/** An alarm as infra/README.md says it is added: an entry. */
export const addAlarm: Change = (checkout) => {
  const alarm = `
    {
      stage: 'load',
      measure: 'uploads-failed-often',
      metric: job.failed,
      alarmWhen: 'above',
      threshold: 20,
      periodSeconds: HOUR,
      periods: 1,
      missingData: nothingHappened,
      why: 'More than 20 uploads could not be loaded within an hour.',
      whatToDo: 'One upload fails for a reason of its own, many for one in common: look at the database first.',
    },`;
  edit(checkout, 'infra/src/alarms.ts', /(?<=function uploadAlarms\(.*?return \[)/s, alarm);
};

/** A feed as docs/adding-a-feed.md says it is added. */
export const addFeed: Change = async (checkout) => {
  const file = join(checkout.folder, 'packages', 'schema', 'src', 'feeds', 'savings-goals.ts');
  writeFileSync(file, blockOf(checkout, 'ts'));
  await generate(checkout, 'savings-goals');
};

/** The CSV that the page uploads. */
export function feedCsv(checkout: Checkout): string {
  return blockOf(checkout, 'csv');
}

function blockOf({ folder }: Checkout, language: string): string {
  const page = readFileSync(join(folder, 'docs', 'adding-a-feed.md'), 'utf8');
  const block = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1];
  if (block === undefined) throw new Error(`docs/adding-a-feed.md shows no ${language}`);
  return block;
}

/** Another id of the construct is another address in Terraform: the database would go, and an empty one come. */
export const renameDatabase: Change = (checkout) => {
  edit(checkout, 'infra/src/stacks/store.ts', "new Database(this, 'database', {", "new Database(this, 'books', {");
};

/** A column more, which what is deployed knows nothing of; and a trigger that does nothing any more. */
export const addColumnAndBreakTrigger: Change = async (checkout) => {
  const feed = 'packages/schema/src/feeds/expenses.ts';
  edit(
    checkout,
    feed,
    /(?<=country: countryCode\('country'\),\n)/,
    "    receipt: varchar('receipt', { length: 64 }),\n",
  );
  edit(checkout, feed, /(?<=country: 'ISO [^\n]*\n)/, "    receipt: 'Number of the receipt.',\n");
  edit(checkout, 'apps/trigger/src/handler.ts', TRIGGER, `${TRIGGER}\n    ${BREAK}`);
  await generate(checkout, 'receipt');
};

const TRIGGER = 'return async (batch: SQSEvent, context: Context): Promise<SQSBatchResponse> => {';
const BREAK = "if (batch.Records.length > 0) throw new Error('Nobody has tried this');";

/** The trigger as it was; and a migration whose second statement dev's rows may refuse. */
export const mendTriggerAndLimitAmounts: Change = (checkout) => {
  edit(checkout, 'apps/trigger/src/handler.ts', `\n    ${BREAK}`, '');
  migrate(checkout, 'amounts', [
    'CREATE INDEX `expenses_account` ON `expenses` (`account`);',
    `ALTER TABLE \`expenses\` ADD CONSTRAINT \`expenses_amount_believable\` CHECK (\`amount\` < ${BELIEVABLE});`,
  ]);
};

/** What the migration lets an expense be. */
export const BELIEVABLE = 1_000_000;

/** Writes a migration by hand. */
function migrate({ folder }: Checkout, name: string, statements: readonly string[]): void {
  const migrations = join(folder, 'packages', 'schema', 'migrations');
  const journalFile = join(migrations, 'meta', '_journal.json');
  const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as { entries: Record<string, unknown>[] };
  const idx = journal.entries.length;
  const tag = `${String(idx).padStart(4, '0')}_${name}`;
  journal.entries.push({ idx, version: '5', when: Date.now(), tag, breakpoints: true });
  writeFileSync(journalFile, JSON.stringify(journal, undefined, 2));
  writeFileSync(join(migrations, `${tag}.sql`), statements.join('\n--> statement-breakpoint\n'));
}

async function generate(checkout: Checkout, name: string): Promise<void> {
  succeeded(
    await checkout.run(`node --disable-warning=ExperimentalWarning packages/schema/src/generate.ts --name ${name}`),
  );
}

/** The exemptions that the pull request's comment proposes, with a reason. */
export function addExemptions(checkout: Checkout, proposed: readonly object[], reason: string): void {
  const exemptions = proposed.map((exemption) => ({ ...exemption, reason }));
  writeFileSync(join(checkout.folder, 'infra', 'exemptions.json'), `${JSON.stringify(exemptions, undefined, 2)}\n`);
}

/** What a report of a plan proposes to add to infra/exemptions.json. */
export function proposedIn(
  report: string,
): { readonly stack: string; readonly rule: string; readonly address: string }[] {
  const block = /infra\/exemptions\.json.*?```json\n(.*?)```/s.exec(report)?.[1];
  return block === undefined ? [] : (JSON.parse(`[${block}]`) as ReturnType<typeof proposedIn>);
}
