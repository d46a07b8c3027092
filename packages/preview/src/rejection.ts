/** Why an upload cannot be accepted at all. */
export interface Rejection {
  /** A stable word for programs, such as `missing_header`. */
  readonly code: string;
  /** What is wrong, where, and what to do. */
  readonly reason: string;
}

/** The CSV is no acceptable upload; the text is for the person who would send it. */
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
