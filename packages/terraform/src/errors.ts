/** How Terraform fails, in its own words and with what to do. */

/** Terraform did not do what it was asked to. */
export class TerraformError extends Error {
  override readonly name: string = 'TerraformError';
}

/** There is no Terraform here that the stacks can be planned with. */
export class TerraformUnavailableError extends TerraformError {
  override readonly name = 'TerraformUnavailableError';
}

/** Somebody else plans or applies the same stack now, or was killed while doing so. */
export class StateLockedError extends TerraformError {
  override readonly name = 'StateLockedError';
}

/** The bucket of the account's states is not there. */
export class StateBucketMissingError extends TerraformError {
  override readonly name = 'StateBucketMissingError';
}

/** A stack needs what no earlier stack has given yet. */
export class HandOverError extends TerraformError {
  override readonly name = 'HandOverError';
}

/** The file of differences to ignore cannot be used. */
export class IgnoredChangesError extends TerraformError {
  override readonly name = 'IgnoredChangesError';
}

/** A command that ended badly. */
export interface FailedCommand {
  /** `terraform plan`. */
  readonly command: string;
  readonly stack: string;
  readonly exitCode: number | null;
  /** What Terraform wrote to standard error. */
  readonly diagnostics: string;
  /** Everything it wrote. */
  readonly logFile: string;
}

/** The error that a failed command is, told by Terraform's own diagnostics. */
export function errorOf({ command, stack, exitCode, diagnostics, logFile }: FailedCommand): TerraformError {
  const text = unframed(diagnostics) || `It ended with ${exitCode ?? 'a signal'} and said nothing.`;
  if (text.includes('Error acquiring the state lock')) {
    const held = ['ID', 'Path', 'Operation', 'Who', 'Created'].flatMap((name) => {
      const value = new RegExp(`^\\s*${name}:\\s*(.+)$`, 'm').exec(text)?.[1];
      return value === undefined ? [] : [`  ${name}: ${value}`];
    });
    return new StateLockedError(
      `${command} of ${stack}: the state is locked, so somebody plans or applies this stack now:\n${held.join('\n')}\n` +
        'Wait until that has ended. If it was killed, delete the lock: `terraform force-unlock <ID>` in the working directory.',
    );
  }
  if (/bucket "[^"]+" does not exist/.test(text)) {
    return new StateBucketMissingError(
      `${command} of ${stack}: ${text}\nThe bucket of the states is made once per account: \`npm run infra -- bootstrap\`.`,
    );
  }
  return new TerraformError(`${command} of ${stack} failed:\n${text}\nAll it said is in ${logFile}`);
}

/** Terraform's diagnostics without the frame it draws around them. */
export function unframed(diagnostics: string): string {
  return diagnostics
    .split('\n')
    .filter((line) => !/^[╷╵]\s*$/.test(line))
    .map((line) => line.replace(/^│ ?/, '').trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
