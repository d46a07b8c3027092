/** Evidence that a release works in an environment. The promotion to the next environment depends on this evidence. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { environmentNames } from '@centflow/infra';
import * as z from 'zod';

const schema = z.strictObject({
  environment: z.enum(environmentNames),
  version: z.string(),
  digest: z.string(),
  canary: z.boolean(),
  /** Alarms that were raised after the canary. */
  alarms: z.array(z.string()),
});
export type Evidence = Readonly<z.infer<typeof schema>>;

export function writeEvidence(file: string, evidence: Evidence): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(evidence, undefined, 2)}\n`);
}

/** @returns the evidence, or undefined if the file does not exist or is not valid */
export function readEvidence(file: string | undefined): Evidence | undefined {
  if (file === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
