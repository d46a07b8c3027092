/** Terraform's errors, with its own diagnostics and a remedy. */

/** Thrown if a Terraform command failed. */
export class TerraformError extends Error {
  override readonly name: string = 'TerraformError';
}

/** Thrown if no suitable Terraform is installed. */
export class TerraformUnavailableError extends TerraformError {
  override readonly name = 'TerraformUnavailableError';
}

/** Thrown if another process is planning or applying the same stack, or was killed while doing so. */
export class StateLockedError extends TerraformError {
  override readonly name = 'StateLockedError';
}

/** Thrown if the state bucket of the account does not exist. */
export class StateBucketMissingError extends TerraformError {
  override readonly name = 'StateBucketMissingError';
}

/** Thrown if a stack needs an output that no applied stack provides. */
export class HandOverError extends TerraformError {
  override readonly name = 'HandOverError';
}

/** Thrown if the file of ignored changes cannot be used. */
export class IgnoredChangesError extends TerraformError {
  override readonly name = 'IgnoredChangesError';
}

/** The properties of a failed command. */
export interface FailedCommand {
  /** The command, such as `terraform plan`. */
  readonly command: string;
  readonly stack: string;
  readonly exitCode: number | null;
  /** Terraform's standard error. */
  readonly diagnostics: string;
  /** The file with the complete output. */
  readonly logFile: string;
}

/** Returns the error for a failed command, with Terraform's own diagnostics. */
export function errorOf({ command, stack, exitCode, diagnostics, logFile }: FailedCommand): TerraformError {
  const text =
    unframed(diagnostics) ||
    `Terraform ended with ${exitCode === null ? 'a signal' : `code ${exitCode}`} and printed no error.`;
  if (text.includes('Error acquiring the state lock')) {
    const held = ['ID', 'Path', 'Operation', 'Who', 'Created'].flatMap((name) => {
      const value = new RegExp(`^\\s*${name}:\\s*(.+)$`, 'm').exec(text)?.[1];
      return value === undefined ? [] : [`  ${name}: ${value}`];
    });
    return new StateLockedError(
      `${command} of ${stack}: the state is locked, so another process is planning or applying this stack:\n${held.join('\n')}\n` +
        'Wait until it has ended. If it was killed, delete the lock with `terraform force-unlock <ID>` in the working directory.',
    );
  }
  if (/bucket "[^"]+" does not exist/.test(text)) {
    return new StateBucketMissingError(
      `${command} of ${stack}: ${text}\nCreate the state bucket once per account with \`npm run infra -- bootstrap\`.`,
    );
  }
  return new TerraformError(`${command} of ${stack} failed:\n${text}\nThe full output is in ${logFile}`);
}

/** Returns Terraform's diagnostics without the frame around them. */
export function unframed(diagnostics: string): string {
  return diagnostics
    .split('\n')
    .filter((line) => !/^[╷╵]\s*$/.test(line))
    .map((line) => line.replace(/^│ ?/, '').trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
