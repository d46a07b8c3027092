/** How a command ends: the exit codes, and errors that carry one. */

export const EXIT = {
  ok: 0,
  /** Something failed that the message explains. */
  failed: 1,
  /** The command line makes no sense. */
  usage: 2,
  /** An upload was rejected. */
  rejected: 3,
  /** The stack is not running. */
  notRunning: 4,
  /** The database is not what the bucket says (`rebuild --check`), or a part is not well (`doctor`). */
  differs: 5,
  /** What was waited for did not happen in time. */
  timedOut: 6,
} as const;

export const EXIT_CODES_HELP = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 an upload was rejected, 4 the stack is not running,
            5 a check found a difference, 6 timed out`;

/** An end that the user should read about, without a stack trace. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
