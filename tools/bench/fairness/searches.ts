/**
 * Sends slow searches of one person. A fixed number of searches run in parallel, and a new one follows each answer
 * immediately.
 */
import { Agent, get } from 'node:http';

export interface Searches {
  /** Returns the number of answers so far by status, or by error message. */
  answers(): Record<string, number>;
  /** Stops sending searches. */
  stop(): void;
  /** A promise that resolves when the last search has been answered. */
  readonly ended: Promise<void>;
}

/** Starts the searches. Ignores a delay that an answer requests, as an attacker would. */
export function startSearches(url: string, token: string, path: string, atOnce: number): Searches {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const answers = new Map<string, number>();
  let isRunning = true;
  const sendNext = async () => {
    while (isRunning) {
      const answer = await search(agent, url, token, path);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  const ended = Promise.all(Array.from({ length: atOnce }, sendNext)).then(() => agent.destroy());
  return {
    answers: () => Object.fromEntries(answers),
    stop: () => {
      isRunning = false;
    },
    ended,
  };
}

function search(agent: Agent, url: string, token: string, path: string): Promise<string> {
  return new Promise((resolve) => {
    get(`${url}${path}`, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.statusCode)));
      response.once('error', ({ message }) => resolve(message));
    }).once('error', ({ message }) => resolve(message));
  });
}
