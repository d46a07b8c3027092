/** Runs plain Terraform on the synthesised stacks. */
export {
  HandOverError,
  IgnoredChangesError,
  StateBucketMissingError,
  StateLockedError,
  TerraformError,
  TerraformUnavailableError,
} from './errors.ts';
export { type IgnoredChanges, ignoring, readIgnoredChanges } from './ignored-changes.ts';
export { offlineEnvironment, offlineOverride } from './offline.ts';
export { applyWithOwnState, destroyWithOwnState } from './own-state.ts';
export { type Action, changesOf, destroys, type Plan, type ResourceChange, summaryOf } from './plan.ts';
export { findTerraform, TERRAFORM_VERSIONS, type Terraform } from './terraform.ts';
export {
  type Overrides,
  type PlanOptions,
  type Synthesised,
  WorkingDirectory,
  type WorkingDirectoryOptions,
} from './working-directory.ts';
