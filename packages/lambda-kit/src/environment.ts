/** The environments, in the order in which a release is promoted. */
export const environmentNames = ['dev', 'staging', 'production'] as const;

/** The name of an environment. */
export type EnvironmentName = (typeof environmentNames)[number];

/** Where a Lambda runs: in an environment, or on one machine. */
export const runtimeNames = [...environmentNames, 'local'] as const;

/** The name of an environment, or `local`. */
export type RuntimeName = (typeof runtimeNames)[number];
