/** The states of a part of the local stack. The process of a `silent` part does not respond. */
export const PART_STATES = ['starting', 'ready', 'silent', 'waiting', 'given up', 'stopped'] as const;

/** The state of a part. */
export type PartState = (typeof PART_STATES)[number];
