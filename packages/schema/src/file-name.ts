/** The TypeScript file of a feed or view: `savings_goals` is in `savings-goals.ts`. */
export function fileOf(name: string): string {
  return `${name.replaceAll('_', '-')}.ts`;
}
