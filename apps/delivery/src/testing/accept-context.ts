/** A context for one check of `accept`. The test defines the answers of its AWS clients. */
import { ACCEPT_OWNER, type EnvironmentName, namesOf, readEnvironment } from '@centflow/infra';
import type { Account } from '../accept/account.ts';
import { type AcceptContext, Pace } from '../accept/context.ts';
import { Deployed } from '../accept/deployed.ts';
import type { OwnUploads } from '../accept/own-uploads.ts';

/** The answers of the clients, by the name of the command class without `Command`. */
export type Answers = Readonly<Record<string, (input: never) => unknown>>;

export class FakeContext {
  /** The commands that were sent, in order. */
  readonly sent: { readonly command: string; readonly input: Record<string, unknown> }[] = [];
  readonly deletedUploads: string[] = [];
  readonly context: AcceptContext;

  /** @param resources the attributes of the resources in the states, by type */
  constructor(answers: Answers, resources: Readonly<Record<string, readonly object[]>>, name: EnvironmentName = 'dev') {
    const environment = readEnvironment(name);
    const client = {
      send: async (command: { input: Record<string, unknown> }) => {
        const kind = command.constructor.name.replace(/Command$/, '');
        this.sent.push({ command: kind, input: command.input });
        const answer = answers[kind];
        if (answer === undefined) throw new TypeError(`The test has no answer to ${kind}.`);
        return await answer(command.input as never);
      },
    };
    const never = new AbortController().signal;
    const state = {
      version: 4 as const,
      outputs: {},
      resources: Object.entries(resources).map(([type, attributes]) => ({
        mode: 'managed',
        type,
        name: 'it',
        instances: attributes.map((each) => ({ attributes: { ...each } })),
      })),
    };
    this.context = {
      environment,
      names: namesOf(environment),
      release: { version: 'v7', commit: 'c', digest: 'd', folder: '' },
      account: new Proxy({}, { get: () => client }) as Account,
      deployed: new Deployed(new Map([['load', state]])),
      uploads: {
        put: async (purpose: string) => ({
          objectKey: `raw/expenses/owner=${ACCEPT_OWNER}/${purpose}.csv`,
          versionId: '1',
          at: new Date(),
        }),
        waitUntilPublished: async () => ({}),
        delete: async ({ objectKey }: { objectKey: string }) => this.deletedUploads.push(objectKey),
      } as unknown as OwnUploads,
      web: async () => ({ status: 500, headers: {}, text: '' }),
      pace: new Pace(1, never),
      restoring: new Pace(1, never),
      firstDeployedAt: undefined,
      since: new Date(),
      console: async () => {
        throw new Error('This test has no console.');
      },
      say: () => {},
    };
  }

  /** Returns the inputs of the commands with this name, in order. */
  inputsOf(command: string): Record<string, unknown>[] {
    return this.sent.filter((each) => each.command === command).map(({ input }) => input);
  }
}
