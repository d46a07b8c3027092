/** What QuickSight calls a reader of each kind of thing: may see and build on it, and change neither it nor who may. */
export interface Permission {
  readonly principal: string;
  readonly actions: string[];
}

export const useDataSet = [
  'DescribeDataSet',
  'DescribeDataSetPermissions',
  'PassDataSet',
  'DescribeIngestion',
  'ListIngestions',
];
export const useTheme = ['DescribeTheme', 'DescribeThemeAlias', 'ListThemeAliases', 'ListThemeVersions'];
/** Reading an analysis lets one save a copy of one's own, to change. */
export const readAnalysis = ['DescribeAnalysis', 'QueryAnalysis'];
export const readDashboard = ['DescribeDashboard', 'ListDashboardVersions', 'QueryDashboard'];

/** The same for each reader, once each. */
export function permitting(readers: readonly { readonly principal: string }[]) {
  const principals = [...new Set(readers.map(({ principal }) => principal))];
  return (actions: readonly string[]): Permission[] =>
    principals.map((principal) => ({ principal, actions: actions.map((action) => `quicksight:${action}`) }));
}
