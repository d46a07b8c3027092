/**
 * The owner of what `doctor` sends through the flow of one machine, and removes again. It is nobody's: pages that list
 * owners or the uploads of all owners leave it out.
 */
export const PROBE_OWNER = 'centflow-doctor';
