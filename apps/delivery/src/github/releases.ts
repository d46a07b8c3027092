/** Publishes the tag and the release of a version with its artifacts. The release is a draft until all artifacts are uploaded. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { RequestError } from '@octokit/request-error';
import type { Octokit, RestEndpointMethodTypes } from '@octokit/rest';
import type { Connection, Where } from './connection.ts';
import { fit, LONGEST_RELEASE_NOTES } from './fit.ts';
import { GitHubError } from './github-error.ts';

export interface ReleaseToPublish {
  readonly tag: string;
  readonly commit: string;
  readonly notes: string;
  readonly assets: readonly { readonly name: string; readonly path: string }[];
}

type GitHubRelease = RestEndpointMethodTypes['repos']['listReleases']['response']['data'][number];

/** @returns the URL of the release page. Reuses the tag, draft and assets that an earlier attempt has created. */
export function publishRelease(connection: Connection, release: ReleaseToPublish): Promise<string> {
  return connection.ask(
    { doing: `publish the release ${release.tag}`, permission: 'contents: write' },
    async (octokit, where) => {
      await tag(octokit, where, release);
      const draft = (await find(octokit, where, release.tag)) ?? (await create(octokit, where, release));
      for (const { name, path } of release.assets) {
        await attach(octokit, draft, name, await readFile(path), where);
      }
      if (!draft.draft) return draft.html_url;
      // Publish as the last step, because a repository may make published releases immutable.
      const { data } = await octokit.rest.repos.updateRelease({ ...where, release_id: draft.id, draft: false });
      return data.html_url;
    },
  );
}

/** @throws {GitHubError} the tag is on another commit. A version always belongs to one commit. */
async function tag(octokit: Octokit, where: Where, { tag, commit }: ReleaseToPublish): Promise<void> {
  const tagged = await commitOf(octokit, where, tag);
  if (tagged === undefined) {
    await octokit.rest.git.createRef({ ...where, ref: `refs/tags/${tag}`, sha: commit });
  } else if (tagged !== commit) {
    throw new GitHubError(
      `The tag ${tag} of ${where.owner}/${where.repo} is on ${tagged}, but this release was built from ${commit}`,
      `find out who created the tag. If the tag is a mistake, delete it with \`git push --delete origin ${tag}\`, and run this command again`,
    );
  }
}

async function commitOf(octokit: Octokit, where: Where, tag: string): Promise<string | undefined> {
  const reference = await unlessMissing(octokit.rest.git.getRef({ ...where, ref: `tags/${tag}` }));
  if (reference === undefined) return undefined;
  const { type, sha } = reference.data.object;
  if (type !== 'tag') return sha;
  // An annotated tag is a separate object that names the commit.
  return (await octokit.rest.git.getTag({ ...where, tag_sha: sha })).data.object.sha;
}

/** Finds the release in the list, because GitHub does not find drafts by tag. */
async function find(octokit: Octokit, where: Where, tag: string): Promise<GitHubRelease | undefined> {
  for await (const { data } of octokit.paginate.iterator(octokit.rest.repos.listReleases, {
    ...where,
    per_page: 100,
  })) {
    const found = data.find(({ tag_name }) => tag_name === tag);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function create(octokit: Octokit, where: Where, { tag, notes }: ReleaseToPublish): Promise<GitHubRelease> {
  const body = fit(notes, LONGEST_RELEASE_NOTES);
  return (await octokit.rest.repos.createRelease({ ...where, tag_name: tag, name: tag, body, draft: true })).data;
}

async function attach(
  octokit: Octokit,
  release: GitHubRelease,
  name: string,
  data: Buffer,
  where: Where,
): Promise<void> {
  const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
  const present = release.assets.find((asset) => asset.name === name);
  if (present !== undefined) {
    if (present.state === 'uploaded' && present.digest === digest) return;
    if (!release.draft) {
      throw new GitHubError(
        `The release ${release.tag_name} is already published with another ${name}: its digest is ${present.digest}, but the new file has ${digest}`,
        `keep the published release, and run \`npm run deliver -- publish\` with the folder into which that release was built`,
      );
    }
    // An interrupted upload leaves an incomplete asset with the same name.
    await octokit.rest.repos.deleteReleaseAsset({ ...where, asset_id: present.id });
  }
  await octokit.request({
    method: 'POST',
    url: release.upload_url,
    name,
    data,
    headers: { 'content-type': 'application/octet-stream', 'content-length': String(data.length) },
  });
}

async function unlessMissing<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined;
    throw error;
  }
}
