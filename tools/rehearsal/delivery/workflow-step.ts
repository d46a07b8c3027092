/** A step of a workflow: what it runs, with which variables and which rights on GitHub. */
import type { Permissions } from '@centflow/delivery/github-stand-in';
import { readJob } from '@centflow/delivery/workflows';

export interface WorkflowStep {
  /** The line of shell. */
  readonly run: string;
  /** The job's variables and the step's own, with GitHub's expressions in them. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the job's token may do. */
  readonly permissions: Permissions;
}

/** @param path `<workflow>/<job>/<step's id>`: `deploy/release/release` is a step of .github/workflows/deploy.yml */
export function readStep(path: string): WorkflowStep {
  const [workflow = '', jobId = '', stepId] = path.split('/');
  const { steps, env, permissions = {} } = readJob(workflow, jobId);
  const step = steps.find(({ id }) => id === stepId);
  if (step?.run === undefined)
    throw new Error(`.github/workflows/${workflow}.yml: job ${jobId} runs nothing as ${stepId}.`);
  const variables = Object.entries({ ...env, ...step.env }).map(([name, value]) => [name, String(value)] as const);
  return { run: step.run, variables: Object.fromEntries(variables), permissions };
}

/** What GitHub's expressions stand for in this run: `inputs.environment` → `dev`. */
export type Expressions = Readonly<Record<string, string>>;

/** Puts in what expressions stand for; one that nobody gave a value is a mistake of the rehearsal. */
export function evaluate(text: string, expressions: Expressions): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = expressions[expression];
    if (value === undefined) throw new Error(`The rehearsal knows no value of \${{ ${expression} }}`);
    return value;
  });
}
