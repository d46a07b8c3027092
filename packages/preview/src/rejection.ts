/** Why an upload is rejected as a whole. */
export interface Rejection {
  /** A stable code for programs, such as `missing_header`. */
  readonly code: string;
  /** What is wrong, where, and what to do. */
  readonly reason: string;
}

/** The CSV cannot be accepted. The text is for the person who wants to send it. */
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
