/** Reads the synthesised stacks for tests, resource by resource. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { synthesise } from '../synthesise.ts';

/** The attributes of a resource, as in Terraform's JSON. */
export type Attributes = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly stack: string;
  /** The Terraform type, such as `aws_s3_bucket`. */
  readonly type: string;
  /** The name of the resource within the stack. */
  readonly id: string;
  /** The address for messages, as `<stack>/<type>.<id>`. */
  readonly address: string;
  readonly attributes: Attributes;
}

export interface Stack {
  readonly name: string;
  readonly resources: readonly Resource[];
  readonly variables: readonly string[];
  readonly outputs: readonly string[];
  /** The types of the stack's data sources. */
  readonly dataSources: readonly string[];
  readonly provider: Attributes;
  readonly terraform: Attributes;
  readonly text: string;
}

type Blocks = Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
interface StackJson {
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly variable?: Attributes;
  readonly output?: Attributes;
  readonly provider: { readonly aws: readonly Attributes[] };
  readonly terraform: Attributes;
}

/** Synthesises environments into a temporary folder and reads the stacks. */
export function synthesised(environments: readonly Environment[]): Stack[] {
  const folder = mkdtempSync(join(tmpdir(), 'centflow-synth-'));
  try {
    synthesise(environments, folder);
    return readdirSync(join(folder, 'stacks'))
      .sort()
      .map((name) => readStack(name, readFileSync(join(folder, 'stacks', name, 'cdk.tf.json'), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readStack(name: string, text: string): Stack {
  const json = JSON.parse(text) as StackJson;
  const resources = Object.entries(json.resource ?? {}).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, attributes]) => ({
      stack: name,
      type,
      id,
      address: `${name}/${type}.${id}`,
      attributes,
    })),
  );
  return {
    name,
    resources,
    variables: Object.keys(json.variable ?? {}),
    outputs: Object.keys(json.output ?? {}),
    dataSources: Object.keys(json.data ?? {}),
    provider: json.provider.aws[0] ?? {},
    terraform: json.terraform,
    text,
  };
}

/** Returns all resources of these types. */
export function ofType(stacks: readonly Stack[], ...types: readonly string[]): Resource[] {
  return stacks.flatMap(({ resources }) => resources.filter(({ type }) => types.includes(type)));
}

/** Returns the stack with a name. */
export function stackNamed(stacks: readonly Stack[], name: string): Stack {
  const found = stacks.find((stack) => stack.name === name);
  if (found === undefined) throw new Error(`There is no stack ${name}.`);
  return found;
}

/** Returns the only resource of a type with these attributes. */
export function one(stack: Stack, type: string, attributes: Attributes = {}): Resource {
  const found = ofType([stack], type).filter((resource) =>
    Object.entries(attributes).every(([name, value]) => resource.attributes[name] === value),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(
      `${stack.name} has ${found.length} resources ${type} ${JSON.stringify(attributes)}, but must have one.`,
    );
  }
  return only;
}
