/** The settings of the stand-in's repository. The defaults are those of a new public repository on GitHub. */

export interface StandInEnvironment {
  /** The branches and tags whose workflows may use the environment. */
  branches: 'any' | 'protected' | readonly { readonly name: string; readonly type: 'branch' | 'tag' }[];
  reviewers: readonly string[];
  readonly variables: Map<string, string>;
}

export class StandInSettings {
  /** The current name on GitHub. After a rename, requests may still use the old name. */
  fullName: string;
  ownerId = 123456;
  id = 456789;
  ownerType: 'Organization' | 'User' = 'Organization';
  visibility: 'public' | 'private' | 'internal' = 'public';
  /** The GitHub plan of the repository's owner. GitHub shows the plan only to owners. */
  plan: 'free' | 'pro' | 'team' | 'enterprise' = 'free';
  showsPlan = true;
  defaultBranch = 'main';
  hasIssues = true;
  /**
   * The form of a token's subject: with names (default before July 2026), with IDs, or from the repository's template.
   */
  subject: 'names' | 'ids' | 'template' = 'ids';
  /** The kind of rule that requires pull requests for `main`. */
  pullRequests: 'optional' | 'ruleset' | 'protection' = 'optional';
  /** The errors that GitHub reports for CODEOWNERS, or null if the branch has no such file. */
  codeOwnersErrors: readonly { readonly line: number; readonly suggestion: string }[] | null = null;
  readonly variables = new Map<string, string>();
  readonly environments = new Map<string, StandInEnvironment>();

  /** @param fullName `OWNER/NAME` */
  constructor(fullName: string) {
    this.fullName = fullName;
  }

  get owner(): string {
    return this.fullName.split('/')[0] ?? '';
  }

  get subjectPrefix(): string {
    const [owner, name] = this.fullName.split('/');
    return this.subject === 'names' ? `repo:${owner}/${name}` : `repo:${owner}@${this.ownerId}/${name}@${this.id}`;
  }

  /** Adds an environment without rules. GitHub also adds one if a workflow names an unknown environment. */
  addEnvironment(name: string): StandInEnvironment {
    const environment: StandInEnvironment = { branches: 'any', reviewers: [], variables: new Map() };
    this.environments.set(name, environment);
    return environment;
  }

  /** Returns the plan for a person or organisation, or nothing if GitHub hides the plan. */
  planFor(login: string): { readonly plan?: { readonly name: string } } {
    return this.showsPlan && login === this.owner ? { plan: { name: this.plan } } : {};
  }
}
