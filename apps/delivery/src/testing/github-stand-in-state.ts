/** The stand-in's data about one repository: settings, pull requests, comments, runs, issues, tags and releases. */

import { StandInSettings } from './github-stand-in-settings.ts';

/** Permissions in the form of a job's `permissions`. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** An error that the stand-in returns as an HTTP answer. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Additional fields of the answer, besides the message. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, headers: Refusal['headers'] = {}, details: Refusal['details'] = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.details = details;
  }
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly branch: string;
  readonly base: string;
  head: string;
  mergeCommit?: string;
  mergedAt?: string;
}

export interface Comment {
  readonly id: number;
  readonly pullRequest: number;
  readonly author: string;
  body: string;
}

export interface Review {
  readonly environment: string;
  readonly user: string;
  readonly state: 'approved' | 'rejected';
}

export interface Issue {
  readonly number: number;
  readonly author: string;
  readonly labels: readonly string[];
  title: string;
  body: string;
  state: 'open' | 'closed';
}

export interface Asset {
  readonly id: number;
  readonly name: string;
  readonly bytes: Buffer;
}

export interface PublishedRelease {
  readonly id: number;
  readonly tag: string;
  readonly notes: string;
  draft: boolean;
  assets: Asset[];
}

/** The state of the repository. Pull requests and issues share one number sequence, and other objects have an ID. */
export class GitHubStandInState {
  /** The URL of the repository's page for people. */
  readonly pageUrl: string;
  readonly apiUrl: string;
  readonly pullRequests: PullRequest[] = [];
  readonly comments: Comment[] = [];
  readonly issues: Issue[] = [];
  readonly releases: PublishedRelease[] = [];
  /** The settings that people have made. */
  readonly settings: StandInSettings;
  /** The commit of each tag. */
  readonly tags = new Map<string, string>();
  readonly #reviews = new Map<string, Review[]>();
  #lastId = 1000;

  constructor(pageUrl: string, apiUrl: string) {
    this.settings = new StandInSettings(new URL(pageUrl).pathname.slice(1));
    this.pageUrl = pageUrl;
    this.apiUrl = apiUrl;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  get #nextNumber(): number {
    return this.pullRequests.length + this.issues.length + 1;
  }

  openPullRequest(opened: { title: string; branch: string; head: string; base?: string }): PullRequest {
    const pullRequest: PullRequest = { base: 'main', ...opened, number: this.#nextNumber };
    this.pullRequests.push(pullRequest);
    return pullRequest;
  }

  /** @param commit the commit that the merge created on the base branch */
  mergePullRequest(number: number, commit: string): void {
    const pullRequest = this.pullRequest(number);
    pullRequest.mergeCommit = commit;
    pullRequest.mergedAt = new Date().toISOString();
  }

  pullRequest(number: number): PullRequest {
    const found = this.pullRequests.find((pullRequest) => pullRequest.number === number);
    if (found === undefined) throw new Refusal(404, 'Not Found');
    return found;
  }

  commentsOf(pullRequest: number): readonly Comment[] {
    return this.comments.filter((comment) => comment.pullRequest === pullRequest);
  }

  addComment(pullRequest: number, author: string, body: string): Comment {
    const comment = { id: this.nextId(), pullRequest: this.pullRequest(pullRequest).number, author, body };
    this.comments.push(comment);
    return comment;
  }

  startRun(runId: string): void {
    this.#reviews.set(runId, []);
  }

  /** Records that a person approves or refuses the deployment of a run. */
  review(runId: string, review: Review): void {
    this.reviewsOf(runId).push(review);
  }

  reviewsOf(runId: string): Review[] {
    const found = this.#reviews.get(runId);
    if (found === undefined) throw new Refusal(404, 'Not Found');
    return found;
  }

  openIssue(opened: { author: string; title: string; body: string; labels: readonly string[] }): Issue {
    const issue: Issue = { ...opened, number: this.#nextNumber, state: 'open' };
    this.issues.push(issue);
    return issue;
  }

  issue(number: number): Issue {
    const found = this.issues.find((issue) => issue.number === number);
    if (found === undefined) throw new Refusal(404, 'Not Found');
    return found;
  }

  release(id: number): PublishedRelease {
    const found = this.releases.find((release) => release.id === id);
    if (found === undefined) throw new Refusal(404, 'Not Found');
    return found;
  }

  /** Returns the published release of a tag. */
  releaseOf(tag: string): PublishedRelease | undefined {
    return this.releases.find((release) => release.tag === tag && !release.draft);
  }
}
