/** Reads infra/exemptions.json, which allows individual pull requests to break rules of the plan policy. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import * as z from 'zod';
import { type Exemption, exemptionSchema } from '../review/index.ts';

/** Thrown if the exemptions file is not valid. */
export class ExemptionsError extends Error {
  override readonly name = 'ExemptionsError';
}

const file = join(repository, 'infra', 'exemptions.json');

const schema = z.array(exemptionSchema.extend({ pullRequest: z.int().positive() }));

/**
 * Returns the exemptions of a pull request. An exemption applies only to the pull request that it names.
 *
 * @param pullRequest if undefined, no exemption applies
 * @throws {ExemptionsError} the file is not valid; the message names the position.
 */
export function exemptionsOf(pullRequest: number | undefined, text = readFileSync(file, 'utf8')): Exemption[] {
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new ExemptionsError(`infra/exemptions.json is not valid: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data
    .filter((exemption) => exemption.pullRequest === pullRequest)
    .map(({ pullRequest: _, ...exemption }) => exemption);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ExemptionsError(`infra/exemptions.json is not valid JSON: ${(error as Error).message}`);
  }
}
