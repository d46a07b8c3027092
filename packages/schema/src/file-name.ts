/**
 * Returns the name of the TypeScript file that defines a feed or summary, such as `savings-goals.ts` for
 * `savings_goals`.
 */
export function fileNameOf(name: string): string {
  return `${name.replaceAll('_', '-')}.ts`;
}
