/**
 * The version of AWS Glue on which the job runs, in every environment and on one machine. It determines the prices.
 *
 * docs/adr/0019-glue-6.md describes what changes with it, and how to return to an earlier version.
 */
export const GLUE_VERSION = '6.0';
