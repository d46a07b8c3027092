/** QuickSight's actions for readers. Readers may view and use each type of resource, but not change it or its permissions. */
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
/** The actions for readers of an analysis. With these actions, readers may also save their own copy. */
export const readAnalysis = ['DescribeAnalysis', 'QueryAnalysis'];
export const readDashboard = ['DescribeDashboard', 'ListDashboardVersions', 'QueryDashboard'];

/** Returns a function that grants actions to each reader once. */
export function permitReaders(readers: readonly { readonly principal: string }[]) {
  const principals = [...new Set(readers.map(({ principal }) => principal))];
  return (actions: readonly string[]): Permission[] =>
    principals.map((principal) => ({ principal, actions: actions.map((action) => `quicksight:${action}`) }));
}
