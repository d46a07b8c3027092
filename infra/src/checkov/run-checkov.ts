/** Runs checkov on the synthesised stacks, and compares its failed checks with suppressions.ts. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Suppression } from './suppressions.ts';

const run = promisify(execFile);
const project = join(import.meta.dirname, '..', '..', 'checkov');
const environmentFolder = join(import.meta.dirname, '..', '..', '..', '.local', 'checkov');

/** A failed check, as checkov reports it. */
export interface FailedCheck {
  /** The id of the check, such as `CKV_AWS_18`. */
  readonly check: string;
  readonly title: string;
  /** The failing resource, as `<stack>/<type>.<name>`. */
  readonly resource: string;
}

const finding = z.object({
  check_id: z.string(),
  check_name: z.string(),
  resource: z.string(),
  file_path: z.string(),
});
const report = z.object({
  results: z.object({ failed_checks: z.array(finding) }),
  summary: z.object({ passed: z.int(), parsing_errors: z.int() }),
});

export interface CheckovResult {
  readonly passed: number;
  readonly failed: readonly FailedCheck[];
}

/**
 * Runs the version of checkov that infra/checkov locks on `<folder>/stacks/<stack>/cdk.tf.json`.
 *
 * @throws an Error if uv or checkov cannot run, or a stack cannot be parsed.
 */
export async function runCheckov(folder: string): Promise<CheckovResult> {
  const { stdout } = await run(
    'uv',
    ['run', '--frozen', '--quiet', '--project', project, 'checkov', ...['--directory', folder]].concat([
      ...['--framework', 'terraform_json'],
      // These options turn off the download of the vendor's guidelines and of modules.
      ...['--skip-download', '--download-external-modules', 'false'],
      ...['--quiet', '--compact', '--output', 'json', '--soft-fail'],
    ]),
    {
      env: { ...process.env, UV_PROJECT_ENVIRONMENT: environmentFolder, VIRTUAL_ENV: undefined },
      maxBuffer: 256 * 2 ** 20,
    },
  );
  const { results, summary } = report.parse(JSON.parse(stdout));
  if (summary.parsing_errors > 0)
    throw new Error(`checkov cannot parse ${summary.parsing_errors} files below ${folder}`);
  const failed = results.failed_checks.map(({ check_id, check_name, resource, file_path }) => ({
    check: check_id,
    title: check_name,
    resource: `${stackOf(file_path)}/${resource}`,
  }));
  return { passed: summary.passed, failed };
}

/** Returns `dev-store` for `/stacks/dev-store/cdk.tf.json`. */
function stackOf(filePath: string): string {
  return filePath.split('/').at(-2) ?? filePath;
}

export interface Verdict {
  /** The failed checks that no suppression covers. */
  readonly unexplained: readonly FailedCheck[];
  /** The suppressions that match no failed check. */
  readonly unneeded: readonly Suppression[];
}

export function judge(failed: readonly FailedCheck[], suppressions: readonly Suppression[]): Verdict {
  const explains = ({ check, resources }: Suppression, found: FailedCheck) =>
    found.check === check && resources.some((pattern) => pattern.test(found.resource));
  return {
    unexplained: failed.filter((found) => !suppressions.some((suppression) => explains(suppression, found))),
    unneeded: suppressions.filter((suppression) => !failed.some((found) => explains(suppression, found))),
  };
}
