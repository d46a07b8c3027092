/** Creates Java's archive of Spark's classes, which halves the start-up time of Spark. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { python, sitePackage } from './python.mjs';
import { local, repository, run, SetupError, step, toolchain } from './step.mjs';

export const sparkClasses = join(toolchain, 'spark-classes.jsa');

const emulator = join(repository, 'packages', 'local-stack', 'src', 'emulator');

/** Creates the archive. Spark also runs without the archive, so a failure is only reported. */
export async function archiveSparkClasses(javaHome) {
  const scripts = ['spark_classes.py', 'spark_session.py'].map((file) => join(emulator, file));
  await step({
    name: 'spark-classes',
    title: "An archive of Spark's classes, for a faster start",
    inputs: [
      ...scripts.map((script) => readFileSync(script)),
      javaHome,
      readFileSync(join(javaHome, 'release')),
      ...readdirSync(join(sitePackage('pyspark'), 'jars')).sort(),
    ],
    outputs: () => [],
    make: async (log) => {
      rmSync(sparkClasses, { force: true });
      const scratchFolder = join(local, 'cache', 'spark-classes');
      try {
        await run(log, python, [scripts[0], sparkClasses, scratchFolder], {
          env: { JAVA_HOME: javaHome, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: '127.0.0.1' },
        });
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        console.error(`     Java could not write the archive, so Spark starts more slowly. The reason is in ${log}.`);
      } finally {
        rmSync(scratchFolder, { recursive: true, force: true });
      }
    },
  });
}
