/** The definition in the provider's words: nothing of it may be lost on the way, and a change of it must reach QuickSight. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportDefinition, theme } from '@centflow/reports/quicksight';
import { findTerraform } from '@centflow/terraform';
import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { readProviderSchema, usedBlocks } from '../src/stacks/report/generate-provider-blocks.ts';
import { blocks } from '../src/stacks/report/provider-blocks.ts';
import { rulesQuery } from '../src/stacks/report/row-level-rules.ts';
import { snakeCase, toBlock, UnknownBlockError } from '../src/stacks/report/to-blocks.ts';
import { ofType, synthesised } from '../src/testing/synthesised.ts';

const definition = reportDefinition({ dataSetArn: (view) => view, currency: 'EUR' });

/** Every leaf of a value, as a text. */
function leavesOf(value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(leavesOf);
}

describe('a definition as blocks', () => {
  test('says all that the definition says', () => {
    expect(leavesOf(toBlock(definition, 'definition')).sort()).toEqual(leavesOf(definition).sort());
    expect(leavesOf(toBlock(theme, 'theme')).sort()).toEqual(leavesOf(theme).sort());
    expect(leavesOf(definition).length).toBeGreaterThan(1000);
  });

  test('has lists where the API has one thing, and texts where the provider wants them', () => {
    const known = {
      outer: {
        attributes: { row_index: 'string', on: 'bool', names: 'list(string)' },
        blocks: { kpi_visual: 'inner' },
      },
      inner: { attributes: { visual_id: 'string', numeric_format_configuration: 'string' }, blocks: {} },
    };
    const structure = { RowIndex: 0, On: true, Names: ['a'], KPIVisual: { VisualId: 'x', FormatConfiguration: 'y' } };
    expect(toBlock({ ...structure, Empty: [], Missing: undefined }, 'outer', known)).toEqual({
      row_index: '0',
      on: true,
      names: ['a'],
      kpi_visual: [{ visual_id: 'x', numeric_format_configuration: 'y' }],
    });
  });

  test.each([
    [{ Colour: 'red' }, 'definition.Colour is not known to the provider'],
    [{ Sheets: [{ SheetId: 'a', Colour: 'red' }] }, 'definition.Sheets[0].Colour is not known to the provider'],
    [{ Sheets: ['a'] }, 'definition.Sheets[0] is no block'],
    [{ Sheets: [{ SheetId: { a: 1 } }] }, 'definition.Sheets[0].SheetId is a object where the provider wants string'],
    [{ FilterGroups: [{ ScopeConfiguration: 'all' }] }, 'FilterGroups[0].ScopeConfiguration is no block'],
  ])('is refused where the provider has no place for it: %j', (structure, message) => {
    expect(() => toBlock(structure, 'definition')).toThrow(UnknownBlockError);
    expect(() => toBlock(structure, 'definition')).toThrow(message);
  });

  test.each([
    ['KPIVisual', 'kpi_visual'],
    ['UIColorPalette', 'ui_color_palette'],
    ['DataSetIdentifier', 'data_set_identifier'],
    ['XAxisLabelOptions', 'x_axis_label_options'],
  ])('has %s as %s', (name, expected) => {
    expect(snakeCase(name)).toBe(expected);
  });

  test("is written by the provider's own schema: run `node infra/src/stacks/report/generate-provider-blocks.ts`", {
    timeout: 600_000,
  }, async ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'centflow-terraform-'));
    try {
      const terraform = await findTerraform(folder).catch((error: Error) => {
        if (process.env.CENTFLOW_REQUIRE_TERRAFORM === '1') throw error;
        return skip(error.message);
      });
      expect(usedBlocks(await readProviderSchema(terraform))).toEqual(blocks);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('dashboard and analysis', () => {
  const environments = readEnvironments();
  const stacks = synthesised(environments).filter(({ name }) => name.endsWith('-report'));

  test('ignore how the provider reads their definition, and are replaced where ours changes', () => {
    const found = ofType(stacks, 'aws_quicksight_dashboard', 'aws_quicksight_analysis');
    expect(found).toHaveLength(2 * stacks.length);
    for (const { attributes, address } of found) {
      expect(attributes.lifecycle, address).toEqual({
        ignore_changes: ['definition'],
        replace_triggered_by: ['terraform_data.definition'],
      });
    }
    for (const { attributes, id } of ofType(stacks, 'terraform_data')) {
      expect(id).toBe('definition');
      expect(attributes.input).toEqual({ definition: expect.stringMatching(/^[0-9a-f]{64}$/) });
    }
    // One in the bin would keep its id from the one that replaces it.
    for (const { attributes } of ofType(stacks, 'aws_quicksight_analysis')) {
      expect(attributes.recovery_window_in_days).toBe(0);
    }
  });

  test('change with what is drawn, and with nothing else', () => {
    const [environment] = environments.filter(({ report }) => report !== null);
    if (environment?.report == null) throw new Error('no environment reports');
    const hashOf = (changed: typeof environment) =>
      ofType(synthesised([changed]), 'terraform_data').map(({ attributes }) => JSON.stringify(attributes.input));
    const { report } = environment;
    const readers = [...report.readers, { principal: 'arn:aws:quicksight:eu-west-1:1:user/default/x', owners: ['x'] }];
    expect(hashOf({ ...environment, report: { ...report, readers } })).toEqual(hashOf(environment));
    expect(hashOf({ ...environment, report: { ...report, currency: 'USD' } })).not.toEqual(hashOf(environment));
  });
});

describe('the row-level rules', () => {
  const group = 'arn:aws:quicksight:eu-west-1:111122223333:group/default/family';
  const user = 'arn:aws:quicksight:eu-west-1:111122223333:user/default/ada';

  test('name users and groups by their ARNs, an owner each, and none for all owners', () => {
    const query = rulesQuery([
      { principal: user, owners: ['ada', "o'neill"] },
      { principal: group, owners: 'all' },
    ]);
    const cell = (value: string, name: string) => `CAST(${value} AS CHAR(2048)) AS ${name}`;
    const row = (...values: [string, string, string]) =>
      `SELECT ${cell(values[0], 'UserARN')}, ${cell(values[1], 'GroupARN')}, ${cell(values[2], 'owner')}`;
    expect(query.split('\n')).toEqual([
      row(`'${user}'`, 'NULL', "'ada'"),
      `UNION ALL ${row(`'${user}'`, 'NULL', "'o''neill'")}`,
      `UNION ALL ${row('NULL', `'${group}'`, 'NULL')}`,
    ]);
  });
});

test('the blocks are generated, and say so first', () => {
  const file = join(import.meta.dirname, '../src/stacks/report/provider-blocks.ts');
  expect(readFileSync(file, 'utf8')).toMatch(/^\/\/ Generated from the schema of hashicorp\/aws 5\.100\.0 by /);
});
