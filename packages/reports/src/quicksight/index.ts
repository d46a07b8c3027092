/** Exports the dashboards as a QuickSight definition. */
export { geographicRoles, offeredViews } from './data-sets.ts';
export { type DefinitionOptions, reportDefinition } from './definition.ts';
export { baseThemeId, theme } from './theme.ts';
