/**
 * `node infra/src/stacks/report/generate-provider-blocks.ts`: what the provider's schema says of the blocks that our definition
 * and theme use. All of it would be 2 MB.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reportDefinition, theme } from '@centflow/reports/quicksight';
import { PROVIDER_VERSION } from '@centflow/terraform/plugin-mirror';
import { findTerraform, type Terraform } from '@centflow/terraform/terraform';
import { type BlockType, namesOf } from './to-blocks.ts';

interface SchemaBlock {
  readonly attributes?: Readonly<Record<string, { readonly type: string | readonly [string, string] }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: SchemaBlock }>>;
}
type Schemas = Readonly<Record<string, { readonly block: SchemaBlock }>>;
/** With all the names that the provider's block has, whether used or not: two blocks are one where these are the same. */
type Entered = BlockType & { readonly names: string };
type Blocks = Record<string, Entered>;

const file = join(import.meta.dirname, 'provider-blocks.ts');

/** The provider's own words, by resource type. */
export async function readProviderSchema(terraform: Terraform): Promise<Schemas> {
  const folder = mkdtempSync(join(tmpdir(), 'centflow-provider-'));
  try {
    const required = { aws: { source: 'hashicorp/aws', version: PROVIDER_VERSION } };
    writeFileSync(join(folder, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: required } }));
    const options = { cwd: folder, env: terraform.environment, maxBuffer: 100 * 2 ** 20 };
    await promisify(execFile)('terraform', ['init', '-input=false'], options);
    const { stdout } = await promisify(execFile)('terraform', ['providers', 'schema', '-json'], options);
    const { provider_schemas } = JSON.parse(stdout) as {
      provider_schemas: Record<string, { resource_schemas: Schemas }>;
    };
    return provider_schemas['registry.terraform.io/hashicorp/aws']?.resource_schemas ?? {};
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The blocks that are used, of both resources that have a definition: where they differ, neither can be written once. */
export function usedBlocks(schemas: Schemas): Record<string, BlockType> {
  const definition = reportDefinition({ dataSetArn: (view) => view, currency: 'EUR' });
  const found: Blocks = {};
  for (const resource of ['aws_quicksight_dashboard', 'aws_quicksight_analysis']) {
    const before = JSON.stringify(found);
    collect(definition, schemas[resource]?.block.block_types?.definition?.block ?? {}, 'definition', found);
    if (before !== '{}' && JSON.stringify(found) !== before) {
      throw new Error(`The definition of ${resource} has other blocks than that of aws_quicksight_dashboard.`);
    }
  }
  collect(theme, schemas.aws_quicksight_theme?.block.block_types?.configuration?.block ?? {}, 'theme', found);
  return Object.fromEntries(
    Object.entries(found).map(([name, { attributes, blocks }]) => [name, { attributes, blocks }]),
  );
}

/** Enters the block and those within it that a structure uses; gives the name it is entered by. */
function collect(structure: object, schema: SchemaBlock, name: string, found: Blocks): string {
  const attributes = Object.fromEntries(
    Object.entries(schema.attributes ?? {}).map(([attribute, { type }]) => [
      attribute,
      typeof type === 'string' ? type : `${type[0]}(${type[1]})`,
    ]),
  );
  const inner: Record<string, string> = {};
  for (const [member, value] of Object.entries(structure) as [string, unknown][]) {
    const block = namesOf(member).find((candidate) => schema.block_types?.[candidate] !== undefined);
    if (block === undefined) continue;
    for (const each of [value].flat()) {
      const type = schema.block_types?.[block]?.block;
      if (type !== undefined && typeof each === 'object' && each !== null)
        inner[block] = collect(each, type, block, found);
    }
  }
  const names = [attributes, Object.keys(schema.block_types ?? {})];
  return enter(name, { attributes, blocks: inner, names: JSON.stringify(names) }, found);
}

/** One type of block is entered once for all its places; another of the same name gets a number. */
function enter(name: string, type: Entered, found: Blocks): string {
  for (let number = 1; ; number += 1) {
    const numbered = number === 1 ? name : `${name}_${number}`;
    const known = found[numbered];
    if (known === undefined || compatible(known, type)) {
      found[numbered] = { ...type, blocks: { ...known?.blocks, ...type.blocks } };
      return numbered;
    }
  }
}

/** The same names, and the same types of blocks as far as both use them. */
function compatible(one: Entered, other: Entered): boolean {
  return (
    one.names === other.names &&
    Object.entries(other.blocks).every(([name, type]) => one.blocks[name] === undefined || one.blocks[name] === type)
  );
}

function render(blocks: Record<string, BlockType>): string {
  const sorted = Object.fromEntries(Object.entries(blocks).sort(([a], [b]) => (a < b ? -1 : 1)));
  return [
    `// Generated from the schema of hashicorp/aws ${PROVIDER_VERSION} by \`node infra/src/stacks/report/generate-provider-blocks.ts\`; do not edit.`,
    "import type { BlockType } from './to-blocks.ts';",
    '',
    '/** The blocks that definition and theme use, by their names; one of another shape has a number. */',
    `export const blocks: Readonly<Record<string, BlockType>> = ${JSON.stringify(sorted)};`,
    '',
  ].join('\n');
}

if (import.meta.filename === process.argv[1]) {
  const terraform = await findTerraform(mkdtempSync(join(tmpdir(), 'centflow-terraform-')));
  writeFileSync(file, render(usedBlocks(await readProviderSchema(terraform))));
  await promisify(execFile)(join(import.meta.dirname, '../../../../node_modules/.bin/biome'), [
    'check',
    '--write',
    file,
  ]);
}
