/**
 * The clone of a developer, Ann. She commits and pushes changes, and merges pull requests like GitHub's merge button.
 */
import type { GitHubStandIn } from '@centflow/delivery/github-stand-in';
import type { Checkout } from './checkout.ts';

export interface PullRequest {
  readonly number: number;
  readonly branch: string;
  /** The hash of the newest commit of the branch. */
  readonly head: string;
  /** The preview of the merge into `main`, which the workflows check out. */
  readonly preview: string;
}

/** Edits the files of a checkout. */
export type Change = (checkout: Checkout, pullRequest: number) => Promise<void> | void;

export class DeveloperClone {
  readonly checkout: Checkout;
  readonly #gitHub: GitHubStandIn;

  constructor(checkout: Checkout, gitHub: GitHubStandIn) {
    this.checkout = checkout;
    this.#gitHub = gitHub;
  }

  /** Returns the newest commit of `main`. */
  async main(): Promise<string> {
    await this.checkout.git('fetch', '--quiet', 'origin');
    return this.checkout.git('rev-parse', 'origin/main');
  }

  /** Commits a change to a new branch, and opens a pull request. */
  async open(title: string, change: Change): Promise<PullRequest> {
    const { state } = this.#gitHub;
    const branch = title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
    await this.main();
    await this.checkout.git('checkout', '--quiet', '--force', '-B', branch, 'origin/main');
    const { number } = state.openPullRequest({ title, branch, head: await this.main() });
    return this.push({ number, branch, head: '', preview: '' }, title, change);
  }

  /** Commits and pushes another change. */
  async push({ number, branch }: PullRequest, message: string, change: Change): Promise<PullRequest> {
    const { checkout } = this;
    await checkout.git('checkout', '--quiet', '--force', branch);
    await change(checkout, number);
    await checkout.git('add', '--all');
    await checkout.git('commit', '--quiet', `--message=${message}`);
    const head = await checkout.git('rev-parse', 'HEAD');
    const preview = await this.#mergeOf(head, number);
    await checkout.git('push', '--quiet', '--force', 'origin', branch, `${preview}:refs/pull/${number}/merge`);
    this.#gitHub.state.pullRequest(number).head = head;
    return { number, branch, head, preview };
  }

  /** Merges a pull request, and returns the commit on `main`. */
  async merge({ number, head }: PullRequest): Promise<string> {
    const commit = await this.#mergeOf(head, number);
    await this.checkout.git('push', '--quiet', 'origin', `${commit}:refs/heads/main`);
    this.#gitHub.state.mergePullRequest(number, commit);
    return commit;
  }

  /** Pushes a change directly to `main`, without a pull request. */
  async pushToMain(message: string, change: Change): Promise<string> {
    const { checkout } = this;
    await checkout.git('checkout', '--quiet', '--force', '--detach', await this.main());
    await change(checkout, 0);
    await checkout.git('commit', '--quiet', '--all', `--message=${message}`);
    await checkout.git('push', '--quiet', 'origin', 'HEAD:refs/heads/main');
    return checkout.git('rev-parse', 'HEAD');
  }

  async #mergeOf(head: string, number: number): Promise<string> {
    await this.checkout.git('checkout', '--quiet', '--force', '--detach', await this.main());
    await this.checkout.git('merge', '--quiet', '--no-ff', `--message=Merge pull request #${number}`, head);
    return this.checkout.git('rev-parse', 'HEAD');
  }
}
