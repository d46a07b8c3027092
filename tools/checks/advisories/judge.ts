/** Compares the reported advisories with the list of accepted advisories. Acceptances are limited in time. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Advisory, Answer } from './sources.ts';

const acceptedFile = z.strictObject({
  accepted: z.array(
    z.strictObject({
      /** One of the advisory's ids, such as `GHSA-…`. */
      id: z.string().min(1),
      package: z.string().min(1),
      /** Why the advisory does no harm here. */
      reason: z.string().min(20),
      /** The last day on which the advisory is accepted. */
      until: z.iso.date(),
    }),
  ),
});

/** An accepted advisory. */
export type Accepted = z.infer<typeof acceptedFile>['accepted'][number];

/** The result of the audit. */
export interface Judgement {
  readonly lines: readonly string[];
  readonly hasFailed: boolean;
}

/**
 * Reads the accepted advisories.
 *
 * @throws ZodError if an entry has no reason or no date
 */
export function readAccepted(file: string): readonly Accepted[] {
  return acceptedFile.parse(JSON.parse(readFileSync(file, 'utf8'))).accepted;
}

/**
 * Judges the answers of the sources.
 *
 * @param today as YYYY-MM-DD
 * @param answersRequired whether a source that does not answer is a failure
 */
export function judgeAnswers(
  answers: readonly Answer[],
  accepted: readonly Accepted[],
  today: string,
  answersRequired: boolean,
): Judgement {
  const lines: string[] = [];
  const used = new Set<Accepted>();
  let failed = 0;
  for (const answer of answers) {
    if ('unanswered' in answer) {
      if (answersRequired) failed++;
      lines.push(`${answersRequired ? '✖' : '–'} ${answer.source}: skipped, ${answer.unanswered}`);
      continue;
    }
    const { source, packages, advisories } = answer;
    lines.push(`${advisories.length === 0 ? '✔' : '·'} ${source}: ${packages} packages, ${count(advisories.length)}`);
    for (const advisory of advisories) {
      const entry = accepted.find((one) => one.package === advisory.package && advisory.ids.includes(one.id));
      if (entry !== undefined) used.add(entry);
      const isAccepted = entry !== undefined && today <= entry.until;
      if (!isAccepted) failed++;
      lines.push(`  ${isAccepted ? '✔' : '✖'} ${describe(advisory)}${entry === undefined ? '' : remark(entry, today)}`);
    }
  }
  if (answers.every((answer) => 'packages' in answer)) {
    for (const { id, package: name } of accepted.filter((entry) => !used.has(entry))) {
      lines.push(`· ${id} of ${name} is accepted, but no longer reported. Remove it from the accepted advisories.`);
    }
  }
  return { lines, hasFailed: failed > 0 };
}

function count(advisories: number): string {
  return advisories === 0 ? 'no advisories' : advisories === 1 ? '1 advisory' : `${advisories} advisories`;
}

function describe({ package: name, version, ids, title, link }: Advisory): string {
  return `${name} ${version}: ${title} (${ids[0]}) ${link}`;
}

function remark({ reason, until }: Accepted, today: string): string {
  return today <= until
    ? `\n    accepted until ${until}: ${reason}`
    : `\n    was accepted until ${until}: update the package, or accept it again. ${reason}`;
}
