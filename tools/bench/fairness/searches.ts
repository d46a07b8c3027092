/** Slow searches of one person: as many at a time as are wanted, each followed by the next at once. */
import { Agent, get } from 'node:http';

export interface Searches {
  /** How often each status was the answer so far, or what broke. */
  answers(): Record<string, number>;
  /** Sends no more. */
  stop(): void;
  /** Ends once the last one is answered. */
  readonly ended: Promise<void>;
}

/** An attacker waits for nothing that an answer asks for. */
export function startSearches(url: string, token: string, path: string, atOnce: number): Searches {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const answers = new Map<string, number>();
  let goesOn = true;
  const sendNext = async () => {
    while (goesOn) {
      const answer = await search(agent, url, token, path);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
  };
  const ended = Promise.all(Array.from({ length: atOnce }, sendNext)).then(() => agent.destroy());
  return {
    answers: () => Object.fromEntries(answers),
    stop: () => {
      goesOn = false;
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
