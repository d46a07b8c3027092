/** Reads a step of a workflow: its command, its variables and its permissions on GitHub. */
import type { Permissions } from '@centflow/delivery/github-stand-in';
import { readJob } from '@centflow/delivery/workflows';

export interface WorkflowStep {
  /** The shell command. */
  readonly run: string;
  /** The variables of the job and of the step, with GitHub's expressions. */
  readonly variables: Readonly<Record<string, string>>;
  /** The permissions of the job's token. */
  readonly permissions: Permissions;
}

/** @param path `<workflow>/<job>/<step's id>`: `deploy/release/release` is a step of .github/workflows/deploy.yml */
export function readStep(path: string): WorkflowStep {
  const [workflow = '', jobId = '', stepId] = path.split('/');
  const { steps, env, permissions = {} } = readJob(workflow, jobId);
  const step = steps.find(({ id }) => id === stepId);
  if (step?.run === undefined)
    throw new Error(`.github/workflows/${workflow}.yml: job ${jobId} has no step ${stepId} with a command.`);
  const variables = Object.entries({ ...env, ...step.env }).map(([name, value]) => [name, String(value)] as const);
  return { run: step.run, variables: Object.fromEntries(variables), permissions };
}

/** The values of GitHub's expressions in this run, such as `dev` for `inputs.environment`. */
export type Expressions = Readonly<Record<string, string>>;

/**
 * Replaces GitHub's expressions by their values.
 *
 * @throws Error if an expression has no value
 */
export function evaluate(text: string, expressions: Expressions): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = expressions[expression];
    if (value === undefined) throw new Error(`The rehearsal does not define a value for \${{ ${expression} }}`);
    return value;
  });
}
