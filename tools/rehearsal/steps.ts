/** Runs the steps of a rehearsal. Prints a line with the duration of each step, and writes a JUnit report. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { XMLBuilder } from 'fast-xml-parser';

/** Thrown if a step of the rehearsal failed. */
export class RehearsalError extends Error {
  override readonly name = 'RehearsalError';
}

interface StepResult {
  readonly name: string;
  readonly seconds: number;
  /** The message of the error; undefined if the step passed. */
  readonly failure?: string;
}

export class Steps {
  readonly #results: StepResult[] = [];
  readonly #print: (line: string) => void;
  readonly #aborted: Promise<never>;

  /** @param signal aborts the current step */
  constructor(print: (line: string) => void, signal?: AbortSignal) {
    this.#print = print;
    this.#aborted = new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(new Error(`stopped by ${signal.reason}`)), { once: true });
    });
    this.#aborted.catch(() => undefined);
  }

  /**
   * Runs a step and reports its outcome.
   *
   * @param work may call `note` to add details to the line of the step
   * @throws {RehearsalError} if the step fails. The message names the step.
   */
  async run<Result>(name: string, work: (note: (text: string) => void) => Promise<Result>): Promise<Result> {
    const since = performance.now();
    const seconds = () => (performance.now() - since) / 1000;
    const notes: string[] = [];
    try {
      const result = await Promise.race([work((text) => notes.push(text)), this.#aborted]);
      this.#results.push({ name, seconds: seconds() });
      this.#print(`✔ ${seconds().toFixed(1).padStart(5)} s  ${[name, ...notes].join(': ')}`);
      return result;
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      this.#results.push({ name, seconds: seconds(), failure });
      this.#print(`✘ ${seconds().toFixed(1).padStart(5)} s  ${name}`);
      throw new RehearsalError(`${name}: ${failure}`, { cause: error });
    }
  }

  /** Returns the closing line, such as `12 passed, 1 failed, 0 skipped`. */
  summary(): string {
    const failed = this.#results.filter(({ failure }) => failure !== undefined).length;
    return `${this.#results.length - failed} passed, ${failed} failed, 0 skipped`;
  }

  writeReport(file: string): void {
    const report = {
      testsuites: {
        testsuite: {
          '@name': 'rehearsal',
          testcase: this.#results.map(({ name, seconds, failure }) => ({
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
