/** infra/exemptions.json: what one pull request may do though the plan policy refuses it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { repository } from '../repository.ts';
import { type Exemption, exemptionSchema } from '../review/index.ts';

/** The file of exemptions is not understood. */
export class ExemptionsError extends Error {
  override readonly name = 'ExemptionsError';
}

const file = join(repository, 'infra', 'exemptions.json');

const schema = z.array(exemptionSchema.extend({ pullRequest: z.int().positive() }));

/**
 * The exemptions that a pull request carries. Those of others count no more: each says which pull request it was agreed to in.
 *
 * @param pullRequest undefined: none is carried
 * @throws {ExemptionsError} the file is not understood; says where.
 */
export function exemptionsOf(pullRequest: number | undefined, text = readFileSync(file, 'utf8')): Exemption[] {
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new ExemptionsError(`infra/exemptions.json is not understood: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data
    .filter((exemption) => exemption.pullRequest === pullRequest)
    .map(({ pullRequest: _, ...exemption }) => exemption);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ExemptionsError(`infra/exemptions.json is no JSON: ${(error as Error).message}`);
  }
}
