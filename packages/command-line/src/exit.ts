/** The exit codes of the commands, and the error that carries one. */

export const EXIT = {
  ok: 0,
  /** The command failed. The message explains why. */
  failed: 1,
  /** The command line is not valid. */
  usage: 2,
  /** An upload was rejected. */
  rejected: 3,
  /** The stack is not running. */
  notRunning: 4,
  /** The database differs from the bucket (`rebuild --check`), or a part is not healthy (`doctor`). */
  differs: 5,
  /** The command waited for a result that did not arrive in time. */
  timedOut: 6,
} as const;

export const EXIT_CODES_HELP = `
Exit codes: 0 success, 1 failure, 2 invalid usage, 3 an upload was rejected, 4 the stack is not running,
            5 a check found a difference or an unhealthy part, 6 timed out`;

/** An expected failure. The user sees its message without a stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
