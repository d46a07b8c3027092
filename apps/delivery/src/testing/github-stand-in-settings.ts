/** How the stand-in's repository is set up: at first as GitHub leaves a new public repository. */

export interface StandInEnvironment {
  /** Whose workflows may use it. */
  branches: 'any' | 'protected' | readonly { readonly name: string; readonly type: 'branch' | 'tag' }[];
  reviewers: readonly string[];
  readonly variables: Map<string, string>;
}

export class StandInSettings {
  /** As GitHub shows it; it differs from what is asked for after a rename. */
  fullName: string;
  ownerId = 123456;
  id = 456789;
  ownerType: 'Organization' | 'User' = 'Organization';
  visibility: 'public' | 'private' | 'internal' = 'public';
  /** The owner's plan, which GitHub shows to owners. */
  plan: 'free' | 'pro' | 'team' | 'enterprise' = 'free';
  showsPlan = true;
  defaultBranch = 'main';
  hasIssues = true;
  /** The subject of tokens: by names as before July 2026, or with ids; or by a template of the repository's. */
  subject: 'names' | 'ids' | 'template' = 'ids';
  /** What requires pull requests for `main`. */
  pullRequests: 'optional' | 'ruleset' | 'protection' = 'optional';
  /** What GitHub says of CODEOWNERS; null: the branch has none. */
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

  /** A new environment has no rules; so has one that a workflow named and nobody had created. */
  addEnvironment(name: string): StandInEnvironment {
    const environment: StandInEnvironment = { branches: 'any', reviewers: [], variables: new Map() };
    this.environments.set(name, environment);
    return environment;
  }

  /** What is shown of the plan to this person, or of this organisation. */
  planFor(login: string): { readonly plan?: { readonly name: string } } {
    return this.showsPlan && login === this.owner ? { plan: { name: this.plan } } : {};
  }
}
