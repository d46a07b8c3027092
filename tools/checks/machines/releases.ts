/** The Debian releases on which the README's two commands must work. */
export interface Release {
  readonly number: string;
  readonly suite: string;
}

export const RELEASES: readonly Release[] = [
  { number: '12', suite: 'bookworm' },
  { number: '13', suite: 'trixie' },
];

/** The packages that a new user must install before the first command. */
export const PREREQUISITES = ['ca-certificates', 'git', 'nodejs', 'npm', 'python3'];
