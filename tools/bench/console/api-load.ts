/**
 * Sends requests at a fixed rate, even if earlier answers are late. The measured time includes the wait in the client's
 * queue.
 */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** The maximum number of connections, more than a browser opens, so that slow answers do not lower the rate. */
const CONNECTIONS = 64;

export interface Wanted {
  readonly kind: string;
  readonly path: string;
  /** The access token of the person who sends the request. */
  readonly token: string;
}

export interface Answered {
  readonly kind: string;
  /** Seconds from the moment when the request was due until the last byte of the answer. */
  readonly seconds: number;
  /** The HTTP status if it is not 200, or the connection's error message; undefined for a successful request. */
  readonly fault?: string;
}

export interface Load {
  readonly answers: readonly Answered[];
  /** Seconds from the moment when the first request was due until the last answer. */
  readonly seconds: number;
}

/**
 * Sends requests from a list in turn, at a constant rate.
 */
export async function load(
  url: string,
  list: readonly Wanted[],
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const since = performance.now();
  const answers: Promise<Answered>[] = [];
  try {
    while (answers.length < perSecond * seconds) {
      const due = since + (answers.length * 1000) / perSecond;
      const early = due - performance.now();
      if (early > 0) {
        await sleep(early);
        continue;
      }
      const wanted = list[answers.length % list.length];
      if (wanted === undefined) throw new RangeError('The list of requests is empty');
      answers.push(ask(agent, url, wanted, due));
    }
    return { answers: await Promise.all(answers), seconds: (performance.now() - since) / 1000 };
  } finally {
    agent.destroy();
  }
}

async function ask(agent: Agent, url: string, { kind, path, token }: Wanted, due: number): Promise<Answered> {
  return new Promise((resolve) => {
    const end = (fault?: string) =>
      resolve({ kind, seconds: (performance.now() - due) / 1000, ...(fault === undefined ? {} : { fault }) });
    get(`${url}${path}`, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      response.once('end', () =>
        end(response.statusCode === 200 ? undefined : `${path} answered ${response.statusCode}`),
      );
      response.once('error', (error) => end(`${path}: ${error.message}`));
    }).once('error', (error) => end(`${path}: ${error.message}`));
  });
}
