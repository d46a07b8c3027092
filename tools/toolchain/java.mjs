/** Finds a Java that Spark 4.1 runs on: this machine's, or else Debian's or Ubuntu's, unpacked below `.local/`. */
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebian } from './apt.mjs';
import { hasApt, javaNeeded } from './machine.mjs';
import { output, step, toolchain } from './step.mjs';

/** Glue 6.0 runs Java 17. Debian 13 does not offer this version. */
const VERSIONS = ['17', '21'];
/** Spark's launcher always adds this module. Reduced runtimes, built with jlink, may lack it. */
const MODULE = 'jdk.incubator.vector';
const PACKAGES = VERSIONS.map((version) => `openjdk-${version}-jre-headless`);

const record = join(toolchain, 'java-home');

const recorded = () => (existsSync(record) ? readFileSync(record, 'utf8') : '');

/**
 * Runs a `java` command, and returns Java's home folder or the reason why this Java is not suitable.
 *
 * @returns {{ home?: string, problem?: string } | undefined} undefined if the command does not run
 */
function describeJava(command) {
  const settings = output(command, ['-XshowSettings:properties', '-version']);
  if (settings === undefined) return undefined;
  const version = /java\.specification\.version = (\S+)/.exec(settings)?.[1];
  if (!VERSIONS.includes(version)) return { problem: `${command} is ${version}` };
  const home = /java\.home = (.+)/.exec(settings)?.[1]?.trim() ?? '';
  if (!existsSync(join(home, 'bin', 'java'))) return { problem: `${command} reports no java.home` };
  const modules = output(command, ['--list-modules']) ?? '';
  return modules.includes(`${MODULE}@`) ? { home } : { problem: `${command} lacks the module ${MODULE}` };
}

/** Returns the home folder of a suitable Java on this machine, and the reasons why other Javas are not suitable. */
function installedJava() {
  const commands = [...(process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin', 'java')] : []), 'java'];
  const problems = [];
  for (const command of commands) {
    const java = describeJava(command);
    if (java?.home !== undefined) return { home: java.home, problems };
    if (java !== undefined) problems.push(java.problem);
  }
  return { problems };
}

/** @throws {import('./machine.mjs').UnsupportedMachineError} if the machine has no suitable Java and no apt to download one */
export function checkJava() {
  if (existsSync(join(recorded(), 'bin', 'java')) || hasApt()) return;
  const { home, problems } = installedJava();
  if (home === undefined) throw javaNeeded(problems);
}

/** @returns {Promise<string>} JAVA_HOME */
export async function findJava() {
  await step({
    name: 'java',
    title: `Java ${VERSIONS.join(' or ')} (45 MB if it is downloaded)`,
    inputs: [process.env.JAVA_HOME ?? '', ...PACKAGES],
    outputs: () => [record, join(recorded(), 'bin', 'java')],
    make: async (log) => {
      const { home, problems } = installedJava();
      const found = home ?? (await unpackJava(log));
      if (found === undefined) throw javaNeeded([...problems, `apt offers neither ${PACKAGES.join(' nor ')}`]);
      writeFileSync(record, found);
    },
  });
  return recorded();
}

async function unpackJava(log) {
  const root = await unpackDebian(log, PACKAGES);
  if (root === undefined) return undefined;
  const folder = join(root, 'usr', 'lib', 'jvm');
  const name = readdirSync(folder).find((entry) => existsSync(join(folder, entry, 'bin', 'java')));
  if (name === undefined) return undefined;
  const home = join(folder, name);
  relink(home, root);
  return describeJava(join(home, 'bin', 'java'))?.home;
}

/**
 * Changes the absolute links of an unpacked package, such as the link to its settings in /etc. The new targets are
 * below `root`.
 */
function relink(folder, root) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) relink(path, root);
    if (!entry.isSymbolicLink()) continue;
    const target = readlinkSync(path);
    if (!target.startsWith('/') || target.startsWith(root) || !existsSync(join(root, target))) continue;
    rmSync(path);
    symlinkSync(join(root, target), path);
  }
}
