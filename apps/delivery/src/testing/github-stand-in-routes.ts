/** The stand-in's endpoints, with the paths, permissions and types from docs.github.com/rest that the delivery uses. */
import { createHash } from 'node:crypto';
import type { RestEndpointMethodTypes } from '@octokit/rest';
import { settingsRoutes } from './github-stand-in-settings-routes.ts';
import type {
  Asset,
  Comment,
  GitHubStandInState,
  Issue,
  PublishedRelease,
  PullRequest,
} from './github-stand-in-state.ts';
import { Refusal } from './github-stand-in-state.ts';

export interface Call {
  readonly state: GitHubStandInState;
  /** The login of the token's owner. */
  readonly login: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface Route {
  /** Method and path. `{+name}` also matches slashes. */
  readonly on: string;
  /** The token needs at least one of these permissions. Only the token of a person has the permission `person`. */
  readonly permissions: readonly string[];
  readonly status?: number;
  /** Set if the answer is a list. GitHub wraps some lists in an object, and limits some pages to fewer than 100 items. */
  readonly list?: { readonly key: string; readonly longestPage?: number };
  readonly answer: (call: Call) => unknown;
}

type Methods = RestEndpointMethodTypes;
type GitHubPullRequest = Methods['repos']['listPullRequestsAssociatedWithCommit']['response']['data'][number];
type GitHubComment = Methods['issues']['listComments']['response']['data'][number];
type GitHubIssue = Methods['issues']['listForRepo']['response']['data'][number];
type GitHubReview = Methods['actions']['getReviewsForRun']['response']['data'][number];
type GitHubReference = Methods['git']['getRef']['response']['data'];
type GitHubRelease = Methods['repos']['listReleases']['response']['data'][number];
type GitHubAsset = GitHubRelease['assets'][number];

const LONGEST_BODY = 65_536;

export const routes: readonly Route[] = [
  ...settingsRoutes,
  {
    on: 'GET /user',
    permissions: ['person'],
    answer: ({ state, login }) => ({ login, type: 'User', ...state.settings.planFor(login) }),
  },
  {
    on: 'GET /repos/{owner}/{repo}/commits/{commit}/pulls',
    permissions: ['pull-requests: read'],
    answer: ({ state, path }) =>
      state.pullRequests
        .filter(({ head, mergeCommit }) => head === path.commit || mergeCommit === path.commit)
        .map(pullRequestAsGitHubHasIt),
  },
  {
    on: 'GET /repos/{owner}/{repo}/issues/{number}/comments',
    permissions: ['pull-requests: read', 'issues: read'],
    answer: ({ state, path }) =>
      state.commentsOf(state.pullRequest(Number(path.number)).number).map(commentAsGitHubHasIt),
  },
  {
    on: 'POST /repos/{owner}/{repo}/issues/{number}/comments',
    permissions: ['pull-requests: write', 'issues: write'],
    status: 201,
    answer: (call) =>
      commentAsGitHubHasIt(call.state.addComment(Number(call.path.number), call.login, text(call, 'body'))),
  },
  {
    on: 'PATCH /repos/{owner}/{repo}/issues/comments/{id}',
    permissions: ['pull-requests: write', 'issues: write'],
    answer: (call) => {
      const found = call.state.comments.find(({ id }) => id === Number(call.path.id));
      if (found === undefined) throw new Refusal(404, 'Not Found');
      found.body = text(call, 'body');
      return commentAsGitHubHasIt(found);
    },
  },
  {
    on: 'GET /repos/{owner}/{repo}/actions/runs/{run}/approvals',
    permissions: ['actions: read'],
    answer: ({ state, path }) =>
      state.reviewsOf(path.run ?? '').map(
        ({ environment, user, state: decision }) =>
          ({
            state: decision,
            comment: '',
            environments: [{ name: environment }],
            user: { login: user } as GitHubReview['user'],
          }) satisfies GitHubReview,
      ),
  },
  {
    on: 'GET /repos/{owner}/{repo}/issues',
    permissions: ['issues: read'],
    answer: ({ state, query }) => {
      const labels = (query.get('labels') ?? '').split(',').filter((label) => label !== '');
      const wanted = query.get('state') ?? 'open';
      return state.issues
        .filter((issue) => wanted === 'all' || issue.state === wanted)
        .filter((issue) => labels.every((label) => issue.labels.includes(label)))
        .sort((left, right) => (query.get('direction') === 'asc' ? 1 : -1) * (left.number - right.number))
        .map((issue) => issueAsGitHubHasIt(issue, state));
    },
  },
  {
    on: 'POST /repos/{owner}/{repo}/issues',
    permissions: ['issues: write'],
    status: 201,
    answer: (call) => {
      const { labels = [] } = json(call) as { labels?: string[] };
      const opened = { author: call.login, title: text(call, 'title'), body: text(call, 'body'), labels };
      return issueAsGitHubHasIt(call.state.openIssue(opened), call.state);
    },
  },
  {
    on: 'PATCH /repos/{owner}/{repo}/issues/{number}',
    permissions: ['issues: write'],
    answer: (call) => {
      const issue = call.state.issue(Number(call.path.number));
      const { title, body, state } = json(call) as Partial<Pick<Issue, 'title' | 'body' | 'state'>>;
      if (body !== undefined) issue.body = text(call, 'body');
      if (title !== undefined) issue.title = title;
      if (state !== undefined) issue.state = state;
      return issueAsGitHubHasIt(issue, call.state);
    },
  },
  {
    on: 'GET /repos/{owner}/{repo}/git/ref/tags/{+tag}',
    permissions: ['contents: read'],
    answer: ({ state, path }) => {
      const commit = state.tags.get(path.tag ?? '');
      if (commit === undefined) throw new Refusal(404, 'Not Found');
      return referenceAsGitHubHasIt(path.tag ?? '', commit, state);
    },
  },
  {
    on: 'POST /repos/{owner}/{repo}/git/refs',
    permissions: ['contents: write'],
    status: 201,
    answer: (call) => {
      const tag = text(call, 'ref').replace('refs/tags/', '');
      if (call.state.tags.has(tag)) throw new Refusal(422, 'Reference already exists');
      call.state.tags.set(tag, text(call, 'sha'));
      return referenceAsGitHubHasIt(tag, text(call, 'sha'), call.state);
    },
  },
  {
    on: 'GET /repos/{owner}/{repo}/releases',
    // With `read`, GitHub lists only published releases.
    permissions: ['contents: write'],
    answer: ({ state }) => state.releases.toReversed().map((release) => releaseAsGitHubHasIt(release, state)),
  },
  {
    on: 'POST /repos/{owner}/{repo}/releases',
    permissions: ['contents: write'],
    status: 201,
    answer: (call) => {
      const { draft = false } = json(call) as { draft?: boolean };
      const release: PublishedRelease = {
        id: call.state.nextId(),
        tag: text(call, 'tag_name'),
        notes: text(call, 'body', 125_000),
        draft,
        assets: [],
      };
      call.state.releases.push(release);
      return releaseAsGitHubHasIt(release, call.state);
    },
  },
  {
    on: 'PATCH /repos/{owner}/{repo}/releases/{id}',
    permissions: ['contents: write'],
    answer: (call) => {
      const release = call.state.release(Number(call.path.id));
      release.draft = (json(call) as { draft?: boolean }).draft ?? release.draft;
      return releaseAsGitHubHasIt(release, call.state);
    },
  },
  {
    on: 'POST /repos/{owner}/{repo}/releases/{id}/assets',
    permissions: ['contents: write'],
    status: 201,
    answer: ({ state, path, query, body }) => {
      const release = state.release(Number(path.id));
      const name = query.get('name') ?? '';
      if (release.assets.some((asset) => asset.name === name)) throw invalid('ReleaseAsset', 'name', 'already_exists');
      const asset = { id: state.nextId(), name, bytes: body };
      release.assets.push(asset);
      return assetAsGitHubHasIt(asset);
    },
  },
  {
    on: 'DELETE /repos/{owner}/{repo}/releases/assets/{id}',
    permissions: ['contents: write'],
    status: 204,
    answer: ({ state, path }) => {
      for (const release of state.releases) {
        release.assets = release.assets.filter(({ id }) => id !== Number(path.id));
      }
    },
  },
];

function json({ body }: Call): unknown {
  return JSON.parse(body.toString() || '{}');
}

function text(call: Call, field: string, longest = LONGEST_BODY): string {
  const value = (json(call) as Record<string, unknown>)[field];
  if (typeof value !== 'string') throw invalid('Request', field, 'missing_field');
  if (value.length > longest) throw invalid('Request', field, `is too long (maximum is ${longest} characters)`);
  return value;
}

function invalid(resource: string, field: string, code: string): Refusal {
  return new Refusal(422, 'Validation Failed', {}, { errors: [{ resource, field, code }] });
}

// The answers contain only the fields that the delivery reads, with the names and types of GitHub.

function pullRequestAsGitHubHasIt({ number, title, branch, base, head, mergeCommit, mergedAt }: PullRequest) {
  return {
    number,
    title,
    state: mergeCommit === undefined ? 'open' : 'closed',
    merged_at: mergedAt ?? null,
    merge_commit_sha: mergeCommit ?? null,
    head: { ref: branch, sha: head },
    base: { ref: base, repo: { default_branch: 'main' } },
  } satisfies Shape<GitHubPullRequest>;
}

function commentAsGitHubHasIt({ id, author, body }: Comment) {
  return {
    id,
    body,
    user: { login: author, type: author.endsWith('[bot]') ? 'Bot' : 'User' },
  } satisfies Shape<GitHubComment>;
}

function issueAsGitHubHasIt({ number, title, body, state, labels }: Issue, { pageUrl }: GitHubStandInState) {
  const html_url = `${pageUrl}/issues/${number}`;
  return {
    number,
    title,
    body,
    state,
    html_url,
    labels: labels.map((name) => ({ name })),
  } satisfies Shape<GitHubIssue>;
}

function referenceAsGitHubHasIt(tag: string, sha: string, { apiUrl }: GitHubStandInState) {
  return { ref: `refs/tags/${tag}`, url: apiUrl, object: { type: 'commit', sha } } satisfies Shape<GitHubReference>;
}

function releaseAsGitHubHasIt({ id, tag, notes, draft, assets }: PublishedRelease, state: GitHubStandInState) {
  const { pathname } = new URL(state.pageUrl);
  return {
    id,
    tag_name: tag,
    name: tag,
    body: notes,
    draft,
    html_url: `${state.pageUrl}/releases/tag/${tag}`,
    upload_url: `${state.apiUrl}/repos${pathname}/releases/${id}/assets{?name,label}`,
    assets: assets.map(assetAsGitHubHasIt),
  } satisfies Shape<GitHubRelease>;
}

function assetAsGitHubHasIt({ id, name, bytes }: Asset) {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { id, name, state: 'uploaded', size: bytes.length, digest } satisfies Shape<GitHubAsset>;
}

/** The same type with every field optional, at any depth. */
export type Shape<Whole> = Whole extends readonly (infer Item)[]
  ? readonly Shape<Item>[]
  : Whole extends object
    ? { readonly [Field in keyof Whole]?: Shape<Whole[Field]> }
    : Whole;
