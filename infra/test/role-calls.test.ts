/** The calls that are made with each role, evaluated as IAM does: the role's policies, its boundary, and the endpoint's policy. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Environment } from '../src/environment.ts';
import { readEnvironment, readEnvironments } from '../src/environments.ts';
import { type Call, decide, type Policies } from '../src/iam/evaluate.ts';
import type { IamStatement } from '../src/iam/statement.ts';
import { policiesOfRole, policiesOfType, policyOfEndpoint, roleArn } from '../src/testing/iam-of.ts';
import { type RoleCall, roleCallsOf } from '../src/testing/role-calls.ts';
import { ofType, synthesised } from '../src/testing/synthesised.ts';

const repository = join(import.meta.dirname, '../..');
/** What the roles of dev did in its rehearsal, which writes it: `npm run rehearse -- --environment dev --record`. */
const recorded = (
  JSON.parse(readFileSync(join(import.meta.dirname, '../src/testing/recorded-calls.json'), 'utf8')) as string[]
).map((line) => line.split(' ') as [purpose: string, action: string, resource: string]);
const environments = readEnvironments();
const stacks = synthesised(environments);

interface RolesCall {
  readonly purpose: string;
  readonly call: Call;
  readonly endpoint: RoleCall['endpoint'];
  readonly what: string;
}

/** Each call by itself: one role, one action, one resource. */
function callsOf(environment: Environment): RolesCall[] {
  return roleCallsOf(environment).flatMap(({ purposes, actions, resources, context = {}, endpoint, what, source }) =>
    purposes.flatMap((purpose) =>
      actions.flatMap((action) =>
        resources.map((resource) => ({
          purpose,
          call: { action, resource, context },
          endpoint,
          what: `${what}: ${action} on ${resource} (${source})`,
        })),
      ),
    ),
  );
}

describe.each(environments)('in $name', (environment) => {
  const calls = callsOf(environment);
  const purposes = [...new Set(calls.map(({ purpose }) => purpose))];
  const roles = new Map(purposes.map((purpose) => [purpose, policiesOfRole(stacks, environment, purpose)]));
  const endpoints = new Map(
    (['s3', 'logs', 'secretsmanager'] as const).map((name) => [name, policyOfEndpoint(stacks, environment, name)]),
  );
  const rolesPolicies = (purpose: string) => {
    const found = roles.get(purpose);
    if (found === undefined) throw new Error(`There is no role ${purpose}.`);
    return found;
  };
  const decideOn = ({ purpose, call, endpoint }: RolesCall, changed: Partial<Policies> = {}) =>
    decide(
      call,
      { role: roleArn(environment, purpose) },
      {
        ...rolesPolicies(purpose),
        ...(endpoint === undefined ? {} : { endpoint: endpoints.get(endpoint) ?? [] }),
        ...changed,
      },
    );

  test('each role may do what is done with it', () => {
    const refused = calls.flatMap((asked) => {
      const { allowed, because } = decideOn(asked);
      return allowed ? [] : [`${asked.purpose}: ${asked.what}: ${because}`];
    });
    expect(refused).toEqual([]);
    console.log(`${environment.name}: ${calls.length} calls of ${purposes.length} roles`);
  });

  test('every role that a service takes has its calls listed', () => {
    const made = ofType(stacks, 'aws_iam_role').filter(({ stack }) => stack.startsWith(`${environment.name}-`));
    const named = made.map(({ attributes }) => String(attributes.name).replace(`centflow-${environment.name}-`, ''));
    expect([...named].sort()).toEqual([...purposes].sort());
  });

  test('no statement of a role can be taken away', () => {
    const needless = purposes.flatMap((purpose) =>
      without(rolesPolicies(purpose).identity)
        .filter(({ rest }) =>
          calls.every((asked) => asked.purpose !== purpose || decideOn(asked, { identity: rest }).allowed),
        )
        .map(({ taken }) => `${purpose}: ${taken.Sid}`),
    );
    expect(needless).toEqual([]);
  });

  test('no statement of the boundary can be taken away', () => {
    const boundary = rolesPolicies(purposes[0] ?? '').boundary;
    const needless = without(boundary)
      .filter(({ rest }) => calls.every((asked) => decideOn(asked, { boundary: rest }).allowed))
      .map(({ taken }) => taken.Sid);
    expect(needless).toEqual([]);
  });

  test('no statement of an endpoint can be taken away', () => {
    // Glue's own buckets: AWS does not document which of them a run reads.
    const undocumented = ['ReadGluesRuntime'];
    const needless = [...endpoints].flatMap(([name, statements]) =>
      without(statements)
        .filter(({ rest }) =>
          calls.every((asked) => asked.endpoint !== name || decideOn(asked, { endpoint: rest }).allowed),
        )
        .map(({ taken }) => `${name}: ${taken.Sid}`),
    );
    expect(needless.map((found) => found.split(': ')[1])).toEqual(undocumented);
  });

  test('a function’s own code may not touch the interfaces of the network', () => {
    for (const purpose of ['migrator', 'canary']) {
      const own = `arn:aws:lambda:${environment.region}:${environment.accountId}:function:centflow-${environment.name}-${purpose}`;
      const call = {
        action: 'ec2:DeleteNetworkInterface',
        resource: `arn:aws:ec2:${environment.region}:${environment.accountId}:network-interface/eni-1`,
        context: { 'lambda:SourceFunctionArn': own },
      };
      expect(decide(call, { role: roleArn(environment, purpose) }, rolesPolicies(purpose))).toMatchObject({
        allowed: false,
        because: expect.stringContaining('NotFromCode'),
      });
    }
  });

  test('the services that tell people may publish', () => {
    const resource = policiesOfType(stacks, environment, 'aws_sns_topic_policy');
    const topic = `arn:aws:sns:${environment.region}:${environment.accountId}:centflow-${environment.name}-alarms`;
    const publish = (context: Call['context']): Call => ({ action: 'sns:Publish', resource: topic, context });
    const account = { 'aws:SourceAccount': environment.accountId };
    const alarm = `arn:aws:cloudwatch:${environment.region}:${environment.accountId}:alarm:${environment.name}-load-job-failures`;
    const asked: readonly [string, Call][] = [
      ['cloudwatch.amazonaws.com', publish({ ...account, 'aws:SourceArn': alarm })],
      [
        'budgets.amazonaws.com',
        publish({ ...account, 'aws:SourceArn': `arn:aws:budgets::${environment.accountId}:*` }),
      ],
      ['events.amazonaws.com', publish({})],
    ];
    for (const [service, call] of asked) {
      expect(decide(call, { service }, { resource }), service).toMatchObject({ allowed: true });
    }
    expect(decide(publish(account), { service: 's3.amazonaws.com' }, { resource }).allowed).toBe(false);
  });
});

describe('what the roles of dev did in the rehearsal', () => {
  const dev = readEnvironment('dev');
  const listed = callsOf(dev);
  const like = (purpose: string, action: string) =>
    listed.filter((other) => other.purpose === purpose && other.call.action === action);

  test('is on record, and listed with who calls and why', () => {
    expect(recorded.length).toBeGreaterThan(20);
    const unlisted = recorded.filter(([purpose, action]) => like(purpose, action).length === 0);
    expect(unlisted, 'add to infra/src/testing/role-calls.ts').toEqual([]);
  });

  test('is allowed on AWS, too', () => {
    // Of some calls the emulator tells no resource.
    const whole = recorded.filter(([, , resource]) => resource !== '*');
    const refused = whole.flatMap(([purpose, action, resource]) => {
      const context = Object.assign({}, ...like(purpose, action).map(({ call }) => call.context));
      const { allowed, because } = decide(
        { action, resource, context },
        { role: roleArn(dev, purpose) },
        policiesOfRole(stacks, dev, purpose),
      );
      return allowed ? [] : [`${purpose}: ${action} on ${resource}: ${because}`];
    });
    expect(refused).toEqual([]);
    console.log(`${whole.length} recorded calls evaluated`);
  });
});

test('each call has a page of AWS or a file of ours as its source', () => {
  for (const { source } of environments.flatMap(roleCallsOf)) {
    if (!source.startsWith('https://docs.aws.amazon.com/'))
      expect(existsSync(join(repository, source)), source).toBe(true);
  }
});

/** The statements without each of those that allow, in turn. */
function without(statements: readonly IamStatement[]): { taken: IamStatement; rest: IamStatement[] }[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .map((taken) => ({ taken, rest: statements.filter((other) => other !== taken) }));
}
