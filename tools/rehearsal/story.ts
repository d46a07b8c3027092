/** A rehearsal as a story: a line for each step with its seconds, and the same as a JUnit report. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { XMLBuilder } from 'fast-xml-parser';

/** A step did not do what it is there to show. */
export class RehearsalError extends Error {
  override readonly name = 'RehearsalError';
}

interface Told {
  readonly name: string;
  readonly seconds: number;
  /** undefined: it went well. */
  readonly failure?: string;
}

export class Story {
  readonly #told: Told[] = [];
  readonly #print: (line: string) => void;
  readonly #aborted: Promise<never>;

  /** @param signal ends the step that is told, and with it the story */
  constructor(print: (line: string) => void, signal?: AbortSignal) {
    this.#print = print;
    this.#aborted = new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error(`ended early: ${signal.reason}`)), { once: true });
    });
    this.#aborted.catch(() => undefined);
  }

  /**
   * Does a step and tells of it.
   *
   * @param work may say more than the name: what it returns as `note` stands behind it
   * @throws {RehearsalError} the step failed; its message names the step.
   */
  async step<Result>(name: string, work: (note: (text: string) => void) => Promise<Result>): Promise<Result> {
    const since = performance.now();
    const seconds = () => (performance.now() - since) / 1000;
    const notes: string[] = [];
    try {
      const result = await Promise.race([work((text) => notes.push(text)), this.#aborted]);
      this.#told.push({ name, seconds: seconds() });
      this.#print(`✔ ${seconds().toFixed(1).padStart(5)} s  ${[name, ...notes].join(': ')}`);
      return result;
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      this.#told.push({ name, seconds: seconds(), failure });
      this.#print(`✘ ${seconds().toFixed(1).padStart(5)} s  ${name}`);
      throw new RehearsalError(`${name}: ${failure}`, { cause: error });
    }
  }

  /** `12 passed, 1 failed, 0 skipped`. */
  summary(): string {
    const failed = this.#told.filter(({ failure }) => failure !== undefined).length;
    return `${this.#told.length - failed} passed, ${failed} failed, 0 skipped`;
  }

  writeReport(file: string): void {
    const report = {
      testsuites: {
        testsuite: {
          '@name': 'rehearsal',
          testcase: this.#told.map(({ name, seconds, failure }) => ({
            '@classname': 'rehearsal',
            '@name': name,
            '@time': seconds.toFixed(3),
            ...(failure === undefined ? {} : { failure: { '@message': failure } }),
          })),
        },
      },
    };
    mkdirSync(dirname(file), { recursive: true });
    const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true });
    writeFileSync(file, `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build(report)}`);
  }
}
