/** Outputs and summaries for GitHub Actions. The functions do nothing outside a workflow. */
import { appendFileSync } from 'node:fs';

/** Sets outputs of the workflow step, which later jobs can read. */
export function setOutputs(outputs: Readonly<Record<string, string>>): void {
  const file = process.env.GITHUB_OUTPUT;
  if (file === undefined) return;
  for (const [name, value] of Object.entries(outputs)) {
    if (/[\r\n]/.test(value))
      throw new Error(`The workflow output ${name} has more than one line, which is not allowed.`);
    appendFileSync(file, `${name}=${value}\n`);
  }
}

/** Adds Markdown to the summary page of the workflow run. */
export function addSummary(markdown: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file !== undefined) appendFileSync(file, `${markdown}\n`);
}
