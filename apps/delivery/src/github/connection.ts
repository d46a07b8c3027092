/** Connects to one repository on GitHub. Retries temporary failures, and adds a remedy to other errors. */
import { setTimeout } from 'node:timers/promises';
import { Octokit } from '@octokit/rest';
import pRetry from 'p-retry';
import { z } from 'zod';
import { explain, isPassing, pauseAskedFor, type Question } from './answers.ts';
import { GitHubError } from './github-error.ts';

/**
 * The environment variables of a workflow step. Actions sets all of them except the token, which the workflow must
 * pass.
 */
const settings = z.object({
  GITHUB_API_URL: z.url().default('https://api.github.com'),
  GITHUB_REPOSITORY: z.string().regex(/^[^/\s]+\/[^/\s]+$/),
  GITHUB_TOKEN: z.string().min(1),
});

const REMEDIES: Readonly<Record<string, string>> = {
  GITHUB_API_URL: 'set it to the address of the GitHub API, or unset it to use github.com',
  GITHUB_REPOSITORY: 'set it to <owner>/<name> of the repository. GitHub Actions sets it automatically',
  GITHUB_TOKEN: `set it to a token for the repository. In a workflow, add \`GITHUB_TOKEN: \${{ github.token }}\` to the env of the step`,
};

/** The longest pause before a retry, in milliseconds. A command that waits longer would seem to hang. */
const LONGEST_PAUSE_MS = 90_000;
const RETRIES = 4;

/** The repository, as parameters of octokit's methods. */
export interface Where {
  readonly owner: string;
  readonly repo: string;
}

export class Connection {
  readonly #octokit: Octokit;
  readonly #where: Where;
  readonly #firstPauseMs: number;

  /** @param firstPauseMs milliseconds before the first retry. Each further pause is twice as long. */
  constructor(octokit: Octokit, where: Where, firstPauseMs: number) {
    this.#octokit = octokit;
    this.#where = where;
    this.#firstPauseMs = firstPauseMs;
  }

  /** @throws {GitHubError} a variable is missing or not valid. The message names the variable. */
  static fromEnvironment(env: NodeJS.ProcessEnv, firstPauseMs = 1000): Connection {
    const read = settings.safeParse(env);
    if (!read.success) {
      const name = String(read.error.issues[0]?.path[0]);
      const found = env[name] ? `is not valid: ${JSON.stringify(env[name])}` : 'is missing';
      throw new GitHubError(`${name} ${found}`, REMEDIES[name] ?? '');
    }
    const [owner = '', repo = ''] = read.data.GITHUB_REPOSITORY.split('/');
    const octokit = new Octokit({
      auth: read.data.GITHUB_TOKEN,
      baseUrl: read.data.GITHUB_API_URL.replace(/\/$/, ''),
      // Without this logger, octokit logs each 404, which often only means that something does not exist yet.
      log: { debug: () => {}, info: () => {}, warn: console.warn, error: () => {} },
    });
    return new Connection(octokit, { owner, repo }, firstPauseMs);
  }

  /**
   * Runs the requests in `ask`, and retries after temporary failures of GitHub or the network. A retry repeats all
   * requests of `ask`, because a failed request may still have had an effect. Every `ask` must therefore read the
   * current state first.
   *
   * @throws {GitHubError} with GitHub's response and a remedy
   */
  async ask<Answer>(question: Question, ask: (octokit: Octokit, where: Where) => Promise<Answer>): Promise<Answer> {
    try {
      return await pRetry(() => ask(this.#octokit, this.#where), {
        retries: RETRIES,
        minTimeout: this.#firstPauseMs,
        shouldRetry: async ({ error }) => {
          const pause = pauseAskedFor(error) ?? 0;
          if (!isPassing(error) || pause > LONGEST_PAUSE_MS) return false;
          await setTimeout(pause);
          return true;
        },
      });
    } catch (error) {
      throw explain(error, question, `${this.#where.owner}/${this.#where.repo}`);
    }
  }
}
