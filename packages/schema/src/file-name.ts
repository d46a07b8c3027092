/** Returns the TypeScript file of a feed or summary: `savings-goals.ts` for `savings_goals`. */
export function fileNameOf(name: string): string {
  return `${name.replaceAll('_', '-')}.ts`;
}
