/** Maps bank exports to feeds. */
export * from './map-export.ts';
export { type MappedFeed, mappedFeeds } from './map-row.ts';
export * from './mapping.ts';
export { type Proposal, proposeMapping } from './propose-mapping.ts';
export type { ExportRow } from './read-export.ts';
