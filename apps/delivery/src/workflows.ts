/** Reads the committed GitHub workflows, for commands and tests that use or check them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '@centflow/local-processes/paths';
import { parse } from 'yaml';
import * as z from 'zod';

const texts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((given) => [given].flat());
const concurrency = z.strictObject({
  group: z.string(),
  'cancel-in-progress': z.union([z.boolean(), z.string()]),
  queue: z.literal('max').optional(),
});
const permissions = z.record(z.string(), z.enum(['read', 'write']));

const step = z.strictObject({
  id: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  with: texts.default({}),
  run: z.string().optional(),
  /** GitHub requires `shell` in every `run` step of a composite action. */
  shell: z.literal('bash').optional(),
  env: texts.default({}),
});

/** A service container that runs beside the job, such as a database. */
const service = z.strictObject({
  image: z.string(),
  env: texts,
  ports: z.array(z.string()),
  command: z.string().optional(),
  options: z.string().optional(),
});

const job = z.strictObject({
  name: z.string().optional(),
  needs: oneOrMore.default([]),
  if: z.string().optional(),
  'runs-on': z.literal('ubuntu-24.04').optional(),
  'timeout-minutes': z.number().optional(),
  strategy: z
    .strictObject({ 'fail-fast': z.literal(false), matrix: z.record(z.string(), z.array(z.string())) })
    .optional(),
  environment: z.string().optional(),
  concurrency: concurrency.optional(),
  permissions: permissions.optional(),
  outputs: texts.default({}),
  env: texts.default({}),
  services: z.record(z.string(), service).optional(),
  steps: z.array(step).default([]),
  uses: z.string().optional(),
  with: texts.default({}),
});

/** The part of GitHub's syntax that these workflows use. Other keys, such as `continue-on-error`, are rejected. */
const workflow = z.strictObject({
  name: z.string(),
  on: z.record(z.string(), z.unknown()),
  permissions: permissions.optional(),
  concurrency: concurrency.optional(),
  jobs: z.record(z.string(), job),
});

const action = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  runs: z.strictObject({ using: z.literal('composite'), steps: z.array(step) }),
});

export type Workflow = z.infer<typeof workflow>;
export type Job = z.infer<typeof job>;
export type Step = z.infer<typeof step>;
export type Action = z.infer<typeof action>;

export const workflowFolder = join(repository, '.github', 'workflows');

/** @throws {z.ZodError} the workflow uses a key that is not in the schema. */
export const parseWorkflow = (text: string): Workflow => workflow.parse(parse(text));

export const parseAction = (text: string): Action => action.parse(parse(text));

/** @param name the name of the workflow file, without `.yml` */
export function readJob(name: string, jobId: string): Job {
  const found = parseWorkflow(readFileSync(join(workflowFolder, `${name}.yml`), 'utf8')).jobs[jobId];
  if (found === undefined) throw new Error(`.github/workflows/${name}.yml has no job ${jobId}.`);
  return found;
}

/** Returns the shell command of a step. */
export function stepCommand(name: string, jobId: string, stepId: string): string {
  const run = readJob(name, jobId).steps.find(({ id }) => id === stepId)?.run;
  if (run === undefined)
    throw new Error(`.github/workflows/${name}.yml: job ${jobId} has no step ${stepId} with a command.`);
  return run;
}

/** Returns the permissions of a job's token. */
export function jobPermissions(name: string, jobId: string): Readonly<Record<string, 'read' | 'write'>> {
  return readJob(name, jobId).permissions ?? {};
}
