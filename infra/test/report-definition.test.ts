/** Tests the conversion of the dashboard definition to provider blocks: no value is lost, and each change reaches QuickSight. */
import { reportDefinition, theme } from '@centflow/reports/quicksight';
import { describe, expect, test } from 'vitest';
import { readEnvironments } from '../src/environments.ts';
import { rulesQuery } from '../src/stacks/report/row-level-rules.ts';
import { snakeCase, toBlock } from '../src/stacks/report/to-blocks.ts';
import { ofType, synthesised } from '../src/testing/synthesised.ts';

const definition = reportDefinition({ dataSetArn: (view) => view, currency: 'EUR' });

/** Returns every leaf of a value, as a string. */
function leavesOf(value: unknown): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(leavesOf);
}

describe('toBlock', () => {
  test('keeps every value of the definition and the theme', () => {
    expect(leavesOf(toBlock(definition)).sort()).toEqual(leavesOf(definition).sort());
    expect(leavesOf(toBlock(theme)).sort()).toEqual(leavesOf(theme).sort());
    expect(leavesOf(definition).length).toBeGreaterThan(1000);
  });

  test('converts each structure to a list and each index to a string', () => {
    const structure = { RowIndex: 0, On: true, Names: ['a'], KPIVisual: { VisualId: 'x' }, Sheets: [{ Name: 'y' }] };
    expect(toBlock({ ...structure, Empty: [], Missing: undefined })).toEqual({
      row_index: '0',
      on: true,
      names: ['a'],
      kpi_visual: [{ visual_id: 'x' }],
      sheets: [{ name: 'y' }],
    });
  });

  test('uses the provider’s name of a field if the API’s name differs', () => {
    expect(toBlock({ FormatConfiguration: { FormatConfiguration: {} } })).toEqual({
      format_configuration: [{ numeric_format_configuration: [{}] }],
    });
    expect(toBlock({ ValueWhenUnset: { ValueWhenUnsetOption: 'NULL' } })).toEqual({
      values_when_unset: [{ value_when_unset_option: 'NULL' }],
    });
  });
});

describe('snakeCase', () => {
  test.each([
    ['KPIVisual', 'kpi_visual'],
    ['UIColorPalette', 'ui_color_palette'],
    ['DataSetIdentifier', 'data_set_identifier'],
    ['XAxisLabelOptions', 'x_axis_label_options'],
  ])('converts %s to %s', (name, expected) => {
    expect(snakeCase(name)).toBe(expected);
  });
});

describe('the QuickSight dashboard and analysis', () => {
  const environments = readEnvironments();
  const stacks = synthesised(environments).filter(({ name }) => name.endsWith('-report'));

  test('Terraform ignores `definition`, and replaces both resources when our definition’s hash changes', () => {
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
    // In a recovery window, a deleted analysis would keep its id, and its replacement could not use the id.
    for (const { attributes } of ofType(stacks, 'aws_quicksight_analysis')) {
      expect(attributes.recovery_window_in_days).toBe(0);
    }
  });

  test('the hash changes with the definition, but not with the readers', () => {
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

describe('rulesQuery', () => {
  const group = 'arn:aws:quicksight:eu-west-1:111122223333:group/default/family';
  const user = 'arn:aws:quicksight:eu-west-1:111122223333:user/default/ada';

  test('returns one row for each ARN and owner, with NULL for all owners', () => {
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
