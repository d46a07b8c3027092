/** The dashboards as QuickSight's own definition. */
export { geographicRoles, offeredViews } from './data-sets.ts';
export { type DefinitionOptions, reportDefinition } from './definition.ts';
export { baseThemeId, theme } from './theme.ts';
