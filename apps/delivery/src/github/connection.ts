/** One repository at GitHub, asked so that trouble on the way is tried again and a no is explained. */
import { setTimeout } from 'node:timers/promises';
import { Octokit } from '@octokit/rest';
import pRetry from 'p-retry';
import { z } from 'zod';
import { explain, isPassing, pauseAskedFor, type Question } from './answers.ts';
import { GitHubError } from './github-error.ts';

/** What Actions sets in every step; the token is the one thing that a step must be given. */
const settings = z.object({
  GITHUB_API_URL: z.url().default('https://api.github.com'),
  GITHUB_REPOSITORY: z.string().regex(/^[^/\s]+\/[^/\s]+$/),
  GITHUB_TOKEN: z.string().min(1),
});

const REMEDIES: Readonly<Record<string, string>> = {
  GITHUB_API_URL: "set it to the API's address, or leave it out for github.com",
  GITHUB_REPOSITORY: 'set it to <owner>/<name> of the repository; Actions does so by itself',
  GITHUB_TOKEN: `set it to a token for the repository; in a workflow the step's env says \`GITHUB_TOKEN: \${{ github.token }}\``,
};

/** A command that waits longer than this looks as if it hung. */
const LONGEST_PAUSE_MS = 90_000;
const RETRIES = 4;

/** The repository, as octokit's methods take it. */
export interface Where {
  readonly owner: string;
  readonly repo: string;
}

export class Connection {
  readonly #octokit: Octokit;
  readonly #where: Where;
  readonly #firstPauseMs: number;

  /** @param firstPauseMs before the first repetition; each further pause is twice as long */
  constructor(octokit: Octokit, where: Where, firstPauseMs: number) {
    this.#octokit = octokit;
    this.#where = where;
    this.#firstPauseMs = firstPauseMs;
  }

  /** @throws {GitHubError} that names the variable which is missing or wrong */
  static fromEnvironment(env: NodeJS.ProcessEnv, firstPauseMs = 1000): Connection {
    const read = settings.safeParse(env);
    if (!read.success) {
      const name = String(read.error.issues[0]?.path[0]);
      const found = env[name] ? `is not one that GitHub can have: ${JSON.stringify(env[name])}` : 'is missing';
      throw new GitHubError(`${name} ${found}`, REMEDIES[name] ?? '');
    }
    const [owner = '', repo = ''] = read.data.GITHUB_REPOSITORY.split('/');
    const octokit = new Octokit({
      auth: read.data.GITHUB_TOKEN,
      baseUrl: read.data.GITHUB_API_URL.replace(/\/$/, ''),
      // It would print each 404, which is often just the answer "not there yet".
      log: { debug: () => {}, info: () => {}, warn: console.warn, error: () => {} },
    });
    return new Connection(octokit, { owner, repo }, firstPauseMs);
  }

  /**
   * Asks, and asks again where GitHub or the network was in trouble. All of `ask` is repeated, not the one request that
   * failed: nobody knows whether that had its effect, so every `ask` looks first at what is there.
   *
   * @throws {GitHubError} that says what GitHub answered and what to do
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
