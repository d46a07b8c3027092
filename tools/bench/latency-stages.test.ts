import { expect, test } from 'vitest';
import { readInvocations, readJobStarts, splitIntoStages } from './latency-stages.ts';

test('splitIntoStages returns stages that add up to the total', () => {
  const stages = splitIntoStages([0, 10, 30, 60, 65, 100, 200, 230, 240]);
  expect(stages).toEqual({ put: 10, queue: 20, trigger: 30, start: 5, plan: 35, load: 100, publish: 30, see: 10 });
});

test('splitIntoStages returns zero for a stage that seems to end before it starts', () => {
  const stages = splitIntoStages([0, 10, 30, 60, 55, 100, 200, 230, 229]);
  expect(stages).toMatchObject({ start: 0, plan: 40, see: 0 });
  expect(Object.values(stages).reduce((sum, length) => sum + length)).toBe(229);
});

test('readInvocations maps each job run to the invocation that started it', () => {
  const line = {
    message: 'Job run started',
    timestamp: '2026-11-23T15:21:11.960Z',
    jobRunId: 'jr_1',
    function_request_id: 'request-1',
  };
  const end = Date.parse('2026-11-23T15:21:11.967Z');
  const invocations = readInvocations([
    { at: end, message: JSON.stringify(line) },
    { at: end, message: 'REPORT RequestId: request-1\tDuration: 18 ms\tBilled Duration: 18 ms' },
  ]);
  expect(invocations.get('jr_1')).toEqual({ startedAt: end - 18, jobRunStartedAt: Date.parse(line.timestamp) });
});

test("readJobStarts subtracts the duration from the job's end in Spark's log", () => {
  const log =
    '2026-11-23 15:21:12,369 centflow INFO finished {}\n' +
    '2026-11-23 15:21:12,369 centflow.spark_worker INFO run jr_1 SUCCEEDED after 0.40 s\n';
  expect(readJobStarts(log)).toEqual(new Map([['jr_1', new Date('2026-11-23T15:21:11.969').getTime()]]));
});
