/** The environments, and how their stacks come to be; for the commands that plan, apply and rehearse them. */
export { type Environment, EnvironmentError, type EnvironmentName, environmentNames } from './environment.ts';
export { readEnvironment, readEnvironments } from './environments.ts';
export { namesOf, stateBucketOf } from './names.ts';
export { synthesise } from './synthesise.ts';
