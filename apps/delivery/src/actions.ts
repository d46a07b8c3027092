/** What the commands tell GitHub Actions, where they run there. */
import { appendFileSync } from 'node:fs';

/** Outputs of the step, for the jobs that come after it. */
export function setOutputs(outputs: Readonly<Record<string, string>>): void {
  const file = process.env.GITHUB_OUTPUT;
  if (file === undefined) return;
  for (const [name, value] of Object.entries(outputs)) {
    if (/[\r\n]/.test(value)) throw new Error(`The output ${name} has more than one line.`);
    appendFileSync(file, `${name}=${value}\n`);
  }
}

/** Markdown on the page of the workflow run. */
export function addSummary(markdown: string): void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file !== undefined) appendFileSync(file, `${markdown}\n`);
}
