/** The environments, and how their stacks come to be; for the commands that plan, apply and rehearse them. */
export { Deployment, type DeploymentOptions } from './deployment.ts';
export { type Environment, EnvironmentError, type EnvironmentName, environmentNames } from './environment.ts';
export { readEnvironment, readEnvironments } from './environments.ts';
export { DATABASE_NAME, githubRoleOf, type Names, namesOf, stateBucketOf } from './names.ts';
export type { StageName } from './stacks/centflow-stack.ts';
export { synthesise } from './synthesise.ts';
