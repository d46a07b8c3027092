import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Audit } from '../audit.ts';

/** Opens the audit log of the local server: a file with one JSON line per request. */
export function auditFile(dataFolder: string): { readonly audit: Audit; readonly close: () => Promise<void> } {
  mkdirSync(dataFolder, { recursive: true });
  const file = createWriteStream(join(dataFolder, 'audit.log'), { flags: 'a', mode: 0o600 });
  file.on('error', (error) => console.error(`The audit log cannot be written: ${error.message}`));
  return {
    audit: (line) => file.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`),
    async close() {
      const closed = once(file, 'close');
      file.end();
      await closed;
    },
  };
}
