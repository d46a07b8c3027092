#!/usr/bin/env node
/**
 * `node run.cjs start|test|centflow|bench|… [argument…]`: refuses a Node that is too old, then runs set-up.mjs.
 *
 * Use only ES2015 syntax in this file. A Node that is too old must still be able to parse it and report its version.
 */
'use strict';

const NEEDED = 18;
const found = Number(process.versions.node.split('.')[0]);

if (found < NEEDED) {
  console.error(
    `This machine is not supported yet: Node ${process.versions.node} runs this command, and Node ${NEEDED} or newer is needed. ` +
      'What to do: `apt-get install nodejs npm` on Debian 12 or Ubuntu 24.04 and newer; elsewhere see https://nodejs.org/en/download.',
  );
  process.exitCode = 1;
} else {
  import('./set-up.mjs');
}
