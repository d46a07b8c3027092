/** Requests at a fixed rate, whatever the answers do: what waits in a queue counts as waiting. */
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** More at a time than a browser opens, so that the rate is kept while answers are slow. */
const CONNECTIONS = 64;

export interface Wanted {
  readonly kind: string;
  readonly path: string;
  /** Of whoever asks. */
  readonly token: string;
}

export interface Answered {
  readonly kind: string;
  /** From the moment when the request was due until the last byte of its answer. */
  readonly seconds: number;
  /** Its status where that is not 200, or what broke. */
  readonly fault?: string;
}

export interface Load {
  readonly answers: readonly Answered[];
  /** From the first that was due until the last answer. */
  readonly seconds: number;
}

/**
 * Sends so many requests a second, evenly, taking them from a list in turn.
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
      if (wanted === undefined) throw new RangeError('There is nothing to ask for');
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
