import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { classify, withUsages } from './sample-processes.ts';

const spark = 'java org.apache.spark.deploy.SparkSubmit -Xmx2g';

test('classify recognises each process of a stack by its command or by its parent', () => {
  const kinds = classify([
    { pid: 1, parent: 0, command: 'setpriv --pdeathsig TERM python emulator/spark_worker.py' },
    { pid: 2, parent: 1, command: spark },
    { pid: 3, parent: 2, command: 'python -m pyspark.daemon' },
    { pid: 4, parent: 3, command: 'python -m pyspark.daemon' },
    { pid: 5, parent: 0, command: 'python emulator/launch.py' },
    { pid: 6, parent: 5, command: '/usr/bin/node wrapper.js' },
    { pid: 7, parent: 0, command: '/home/mysql/bin/mysqld --port=1' },
    { pid: 8, parent: 0, command: 'esbuild' },
  ]);
  expect([...kinds]).toEqual([
    [1, 'driver'],
    [2, 'jvm'],
    [3, 'worker'],
    [4, 'worker'],
    [5, 'emulator'],
    [6, 'trigger'],
    [7, 'mysqld'],
  ]);
});

test('classify counts the Java process of a compared loader as a client', () => {
  const kinds = classify([
    { pid: 1, parent: 0, command: 'python /repository/tools/bench/python/load_spark_jdbc.py' },
    { pid: 2, parent: 1, command: spark },
  ]);
  expect(kinds.get(2)).toBe('client');
});

test('withUsages does not count processes that belong to no stack', async () => {
  const [, usages] = await withUsages(async () => execFileSync('true'));
  expect(usages).toEqual({});
});
