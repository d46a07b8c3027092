/** Who may call what. A route that is not listed does not compile. */
import type { RouteName } from './contract/api.ts';

/**
 * - `public`: nobody needs to be signed in
 * - `person`: an owner or an operator
 * - `owner`: whose own prefix and rows it is about
 * - `operator`: who runs Centflow
 */
export type Access = 'public' | 'person' | 'owner' | 'operator';

/** Routes that only the local server has: people sign in by a click there, and its operators see the local stack's parts. */
export const localRoutes = [
  'listLocalOwners',
  'signInLocally',
  'listLocalParts',
] as const satisfies readonly RouteName[];
export type LocalRoute = (typeof localRoutes)[number];
/** A route that the functions on AWS answer. */
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
