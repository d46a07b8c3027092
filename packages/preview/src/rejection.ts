/** Why an upload is rejected as a whole. */
export interface Rejection {
  /** A code for programs, such as `missing_header`. It never changes. */
  readonly code: string;
  /** What is wrong, where, and what to do. */
  readonly reason: string;
}

/** Thrown if the CSV cannot be accepted. The reason is written for the person who uploads the file. */
export class UploadRejectedError extends Error implements Rejection {
  readonly code: string;
  readonly reason: string;

  constructor(code: string, reason: string) {
    super(reason);
    this.name = 'UploadRejectedError';
    this.code = code;
    this.reason = reason;
  }
}
