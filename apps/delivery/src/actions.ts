/** Outputs and summaries for GitHub Actions. Both functions do nothing outside of a workflow. */
import { appendFileSync } from 'node:fs';

/** Sets outputs of the workflow step, for later jobs. */
export function setOutputs(outputs: Readonly<Record<string, string>>): void {
  const file = process.env.GITHUB_OUTPUT;
  if (file === undefined) return;
  for (const [name, value] of Object.entries(outputs)) {
    if (/[\r\n]/.test(value)) throw new Error(`The output ${name} has more than one line.`);
    appendFileSync(file, `${name}=${value}\n`);
  }
}

/** Adds Markdown to the page of the workflow run. */
export function addSummary(markdown: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file !== undefined) appendFileSync(file, `${markdown}\n`);
}
