/**
 * The version of AWS Glue that runs the job, in every environment and in the local stack. Prices depend on this version.
 *
 * docs/adr/0019-glue-6.md describes the differences between versions, and how to return to an earlier version.
 */
export const GLUE_VERSION = '6.0';
