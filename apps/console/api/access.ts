/** Who may call which route. The build fails if a route is missing here. */
import type { RouteName } from './contract/api.ts';

/**
 * - `public`: everybody, without signing in
 * - `person`: an owner or an operator
 * - `owner`: a person with an owner; the route uses only that owner's prefix and rows
 * - `operator`: a person who runs Centflow
 */
export type Access = 'public' | 'person' | 'owner' | 'operator';

/** Routes that only the local server has: sign-in with one click, and the parts of the local stack for operators. */
export const localRoutes = [
  'listLocalOwners',
  'signInLocally',
  'listLocalParts',
] as const satisfies readonly RouteName[];
export type LocalRoute = (typeof localRoutes)[number];
/** A route that the Lambda functions serve on AWS. */
export type DeployedRoute = Exclude<RouteName, LocalRoute>;

export const access: Readonly<Record<RouteName, Access>> = {
  getConfig: 'public',
  listLocalOwners: 'public',
  signInLocally: 'public',
  listLocalParts: 'operator',
  getSession: 'person',
  listUploads: 'owner',
  getUploadOfVersion: 'owner',
  getUpload: 'owner',
  listQuarantinedRows: 'owner',
  startSend: 'owner',
  signParts: 'owner',
  listParts: 'owner',
  completeSend: 'owner',
  abortSend: 'owner',
  listObjects: 'owner',
  listVersions: 'owner',
  getContent: 'owner',
  removeObject: 'owner',
  restoreVersion: 'owner',
  findOverlap: 'owner',
  listTemplates: 'owner',
  putTemplate: 'owner',
  deleteTemplate: 'owner',
  getVisual: 'owner',
  getChoices: 'owner',
  searchTransactions: 'owner',
  listPipelineUploads: 'operator',
  getLatency: 'operator',
  listJobRuns: 'operator',
  countDeadLetters: 'operator',
  listAlarms: 'operator',
  redrive: 'operator',
  sweep: 'operator',
};
