/** The environments and their stacks, for the commands that plan, apply, deliver and rehearse them. */
export { EnvironmentError, type GithubRepository } from './environment.ts';
export {
  type EnvironmentName,
  environmentNames,
  type NamedEnvironment as Environment,
  readEnvironment,
  readEnvironments,
} from './environments.ts';
export {
  ACCEPT_OWNER,
  CANARY_OWNER,
  DATABASE_NAME,
  deliveryBucketOf,
  githubEnvironmentOf,
  githubRoleOf,
  githubSubjectPrefixOf,
  type Names,
  namesOf,
  roleBoundaryOf,
  stateBucketOf,
} from './names.ts';
export { bootstrapStackName } from './stacks/bootstrap.ts';
export { type StageName, stackName, stageNames } from './stacks/centflow-stack.ts';
export { outputFolder, synthesise } from './synthesise.ts';
