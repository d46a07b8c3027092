/**
 * The version of AWS Glue that the job runs on, in every environment and on one machine. Prices follow from it.
 *
 * docs/adr/0019-glue-6.md says what changes with it, and how to go back.
 */
export const GLUE_VERSION = '6.0';
