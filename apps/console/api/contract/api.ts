/** Every route by the name of its handler, and the type of the web's client. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import * as local from './local.ts';
import * as objects from './objects.ts';
import * as operations from './operations.ts';
import * as preview from './preview.ts';
import * as reports from './reports.ts';
import * as sends from './sends.ts';
import * as session from './session.ts';
import * as templates from './templates.ts';
import * as transactions from './transactions.ts';
import * as uploads from './uploads.ts';

/** The router matches routes in this order, so `of-version` precedes `{uploadId}`. */
export const routes = {
  getConfig: session.getConfig,
  getSession: session.getSession,
  listLocalOwners: session.listLocalOwners,
  signInLocally: session.signInLocally,
  listLocalParts: local.listLocalParts,
  listUploads: uploads.listUploads,
  getUploadOfVersion: uploads.getUploadOfVersion,
  getUpload: uploads.getUpload,
  listQuarantinedRows: uploads.listQuarantinedRows,
  startSend: sends.startSend,
  signParts: sends.signParts,
  listParts: sends.listParts,
  completeSend: sends.completeSend,
  abortSend: sends.abortSend,
  listObjects: objects.listObjects,
  listVersions: objects.listVersions,
  getContent: objects.getContent,
  removeObject: objects.removeObject,
  restoreVersion: objects.restoreVersion,
  findOverlap: preview.findOverlap,
  listTemplates: templates.listTemplates,
  putTemplate: templates.putTemplate,
  deleteTemplate: templates.deleteTemplate,
  getVisual: reports.getVisual,
  getChoices: reports.getChoices,
  searchTransactions: transactions.searchTransactions,
  listPipelineUploads: operations.listPipelineUploads,
  getLatency: operations.getLatency,
  listJobRuns: operations.listJobRuns,
  countDeadLetters: operations.countDeadLetters,
  listAlarms: operations.listAlarms,
  redrive: operations.redrive,
  sweep: operations.sweep,
} as const;
export type Routes = typeof routes;
export type RouteName = keyof Routes;

type Union = { [Name in RouteName]: { route: Routes[Name]; handler: unknown } }[RouteName];
declare const app: OpenAPIHono;
type AppOf<Route> = Route extends { route: Routes[RouteName]; handler: unknown }
  ? ReturnType<typeof app.openapiRoutes<readonly [Route]>>
  : never;
type SchemaOf<App> = App extends OpenAPIHono<infer _Env, infer Schema> ? Schema : never;
type Intersection<Of> = (Of extends unknown ? (value: Of) => void : never) extends (value: infer All) => void
  ? All
  : never;

/**
 * The API type for `hc<Api>` of hono/client. It depends on the contract only, so that the web's types need no code of the
 * server.
 */
export type Api = OpenAPIHono<object, Intersection<SchemaOf<AppOf<Union>>> & object, '/'>;
