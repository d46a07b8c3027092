/**
 * Reads the parts of the local stack from the file that the stack's supervisor writes
 * (packages/local-stack/src/parts-file.ts).
 */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Handlers } from '../context.ts';
import { localPart } from '../contract/local.ts';

const partsFile = z.object({ parts: z.array(localPart) });

export function partsHandlers(file: string): Pick<Handlers, 'listLocalParts'> {
  return {
    async listLocalParts(context) {
      return context.json(partsFile.parse(JSON.parse(await readFile(file, 'utf8'))), 200);
    },
  };
}
