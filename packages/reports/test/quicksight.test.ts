/** Checks that the QuickSight definition matches the API's model and the views, and that it is consistent. */
import { describe, expect, it, test } from 'vitest';
import { dashboards, visuals } from '../src/dashboards/index.ts';
import type { ViewName } from '../src/model.ts';
import { drawnView, layerOf } from '../src/quicksight/drills.ts';
import { baseThemeId, offeredViews, reportDefinition, theme } from '../src/quicksight/index.ts';
import { describedColumns } from '../src/quicksight/view-columns.ts';
import { judgeRequests } from '../src/testing/judge-requests.ts';

const account = '111122223333';
const dataSetArn = (view: ViewName) => `arn:aws:quicksight:eu-west-1:${account}:dataset/${view}`;
const definition = reportDefinition({ dataSetArn, currency: 'EUR' });
const request = { AwsAccountId: account, Name: 'Centflow' };
const requests = {
  CreateDashboard: { ...request, DashboardId: 'reports', Definition: definition },
  CreateAnalysis: { ...request, AnalysisId: 'reports', Definition: definition },
  CreateTheme: { ...request, ThemeId: 'theme', BaseThemeId: baseThemeId, Configuration: theme },
};

type Json = { readonly [name: string]: unknown };
/** Yields every object within a value, with the key under which it is found. */
function* objectsIn(value: unknown, name = ''): Generator<readonly [name: string, object: Json]> {
  if (Array.isArray(value)) for (const each of value) yield* objectsIn(each, name);
  else if (typeof value === 'object' && value !== null) {
    yield [name, value as Json];
    for (const [inner, each] of Object.entries(value)) yield* objectsIn(each, inner);
  }
}
const objects = [...objectsIn(definition)];
const named = (...names: string[]) => objects.filter(([name]) => names.includes(name)).map(([, object]) => object);
const values = (key: string) => objects.flatMap(([, object]) => (key in object ? [object[key] as string] : []));
const repeated = (ids: readonly string[]) => ids.filter((id, index) => ids.indexOf(id) !== index);

interface Reference {
  readonly DataSetIdentifier: string;
  readonly ColumnName: string;
}
const calculated = new Map(
  definition.CalculatedFields.map(({ DataSetIdentifier, Name, Expression }) => [
    `${DataSetIdentifier}.${Name}`,
    Expression,
  ]),
);
/** Returns the SQL type of a column, or the expression of a calculated field. */
function typeOf({ DataSetIdentifier, ColumnName }: Reference): string {
  const column = describedColumns(DataSetIdentifier as ViewName).find(({ name }) => name === ColumnName);
  return column?.sqlType ?? calculated.get(`${DataSetIdentifier}.${ColumnName}`) ?? 'no such column';
}

describe('the requests to QuickSight', () => {
  it("have the form that QuickSight's API accepts", async () => {
    expect(await judgeRequests(requests)).toEqual([]);
  });

  it('are rejected if their form is wrong', async () => {
    const [sheet] = definition.Sheets;
    if (sheet === undefined) throw new Error('no sheet');
    const { SheetId: _, ...nameless } = sheet;
    const { DataSetIdentifierDeclarations: _missing, ...without } = definition;
    const [visual] = sheet.Visuals ?? [];
    const two = { ...visual, EmptyVisual: { VisualId: 'x', DataSetIdentifier: 'y' } };
    const Sheets = [
      nameless,
      { ...sheet, Colour: 'red', ContentType: 'LIVELY', SheetId: 'a b', Title: 'x'.repeat(2000), Visuals: [two] },
      ...Array(19).fill(sheet),
    ];
    const wrong = await judgeRequests({
      CreateAnalysis: { ...requests.CreateAnalysis, Definition: { ...definition, Sheets } },
      CreateDashboard: { ...requests.CreateDashboard, Definition: without },
    });
    for (const message of [
      'Missing required parameter in Definition: "DataSetIdentifierDeclarations"',
      'Missing required parameter in Definition.Sheets[0]: "SheetId"',
      'Unknown parameter in Definition.Sheets[1]: "Colour"',
      "$.Definition.Sheets[1].ContentType: 'LIVELY' is not one of",
      "$.Definition.Sheets[1].SheetId: 'a b' does not match",
      '$.Definition.Sheets[1].Title: 2000 characters, but at most 1024 are allowed',
      '$.Definition.Sheets[1].Visuals[0]: Visual takes exactly one member',
      '$.Definition.Sheets: 21 items, but at most 20 are allowed',
    ]) {
      expect(
        wrong.some((line) => line.includes(message)),
        message,
      ).toBe(true);
    }
  });
});

describe('every column of the definition', () => {
  const references = objects
    .filter(([, object]) => 'DataSetIdentifier' in object && 'ColumnName' in object)
    .map(([, object]) => object as unknown as Reference);

  it('exists in its view, or is a calculated field', () => {
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((reference) => typeOf(reference) === 'no such column')).toEqual([]);
  });

  it('exists in its view if a calculated field uses it, and never has the name of a calculated field', () => {
    for (const { DataSetIdentifier, Name, Expression } of definition.CalculatedFields) {
      const columns = describedColumns(DataSetIdentifier).map(({ name }) => name);
      for (const [, column] of Expression.matchAll(/\{(\w+)\}/g)) expect(columns, Expression).toContain(column);
      expect(columns).not.toContain(Name);
    }
    expect(repeated([...calculated.keys()])).toEqual([]);
    expect(calculated.size).toBe(definition.CalculatedFields.length);
  });

  it('has the type that its field needs', () => {
    const column = (field: Json) => typeOf(field.Column as Reference);
    for (const field of named('NumericalMeasureField')) {
      const isRatio = field.AggregationFunction === undefined;
      expect(column(field)).toMatch(isRatio ? /sum\(.+ \/ sum\(/ : /^(decimal|(big)?int)|maxOver/);
    }
    for (const field of named('DateDimensionField')) expect(column(field)).toMatch(/^date|^parseDate/);
    for (const field of named('CategoricalDimensionField')) expect(column(field)).toMatch(/^((var)?char|text|enum)/);
    for (const field of named('NumericalDimensionField')) expect(column(field)).toMatch(/^(big)?int|^extract/);
    for (const filter of named('CategoryFilter')) expect(column(filter)).toMatch(/^((var)?char|text|enum|coalesce)/);
    for (const filter of named('TimeRangeFilter')) expect(column(filter)).toMatch(/^date|^parseDate/);
  });

  it('belongs to a view with a data set', () => {
    const declared = definition.DataSetIdentifierDeclarations.map(({ Identifier }) => Identifier);
    expect(declared.filter((view) => !offeredViews.includes(view))).toEqual([]);
    expect(references.map(({ DataSetIdentifier }) => DataSetIdentifier as ViewName)).toSatisfy((used: ViewName[]) =>
      used.every((view) => declared.includes(view)),
    );
    // QuickSight must not read raw rows or views for programs.
    for (const view of ['v_row_identities', 'v_quarantined_rows', 'v_upload_progress']) {
      expect(offeredViews).not.toContain(view);
    }
  });
});

describe('every id of the definition', () => {
  it('is unique', () => {
    for (const key of ['VisualId', 'FilterId', 'FilterGroupId', 'ParameterControlId', 'CustomActionId']) {
      expect(values(key).length, key).toBeGreaterThan(0);
      expect(repeated(values(key)), key).toEqual([]);
    }
    const fields = objects.filter(([, object]) => 'FieldId' in object && 'Column' in object);
    expect(repeated(fields.map(([, { FieldId }]) => FieldId as string))).toEqual([]);
  });

  it('is the same in each build, without counters or random parts', () => {
    expect(reportDefinition({ dataSetArn, currency: 'EUR' })).toEqual(definition);
    for (const key of ['VisualId', 'FilterGroupId', 'FieldId', 'ParameterControlId']) {
      for (const id of values(key)) expect(id, key).toMatch(/^[a-z][a-z_.-]*$/);
    }
  });
});

describe('every sheet of the definition', () => {
  const sheets = definition.Sheets;

  it('shows exactly one dashboard, except for the sheet of payments', () => {
    expect(sheets.map(({ SheetId }) => SheetId)).toEqual([...dashboards.map(({ id }) => id), 'payments']);
    expect(values('VisualId').sort()).toEqual(visuals.map(({ id }) => id).sort());
  });

  it('has no more visuals than QuickSight allows', () => {
    for (const { Visuals } of sheets) expect(Visuals?.length).toBeLessThanOrEqual(50);
  });

  test.for(sheets)('$SheetId places each visual once, without overlap', ({ Visuals, Layouts }) => {
    const elements = Layouts?.[0]?.Configuration?.GridLayout?.Elements ?? [];
    const ids = (Visuals ?? []).flatMap((visual) => Object.values(visual).map(({ VisualId }) => VisualId));
    expect(elements.map(({ ElementId }) => ElementId)).toEqual(ids);
    const taken = new Set<string>();
    for (const { ColumnIndex = 0, ColumnSpan = 0, RowIndex = 0, RowSpan = 0 } of elements) {
      expect(ColumnIndex + ColumnSpan).toBeLessThanOrEqual(36);
      for (let column = ColumnIndex; column < ColumnIndex + ColumnSpan; column += 1) {
        for (let row = RowIndex; row < RowIndex + RowSpan; row += 1) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
      }
    }
  });

  test.for(sheets)('$SheetId has a control for each parameter that narrows a visual', (sheet) => {
    const used = definition.FilterGroups.filter(({ ScopeConfiguration }) =>
      ScopeConfiguration?.SelectedSheets?.SheetVisualScopingConfigurations?.some(
        ({ SheetId }) => SheetId === sheet.SheetId,
      ),
    );
    const parameters = [...objectsIn(used)].flatMap(([, { ParameterName, Parameter }]) => [ParameterName, Parameter]);
    const controlled = [...objectsIn(sheet.ParameterControls)].flatMap(([, { SourceParameterName }]) =>
      SourceParameterName === undefined ? [] : [SourceParameterName],
    );
    expect([...new Set(parameters.filter(Boolean))].sort()).toEqual([...controlled].sort());
    expect(controlled).toContain('Owner');
  });
});

describe('every visual of the definition', () => {
  const scoped = (parameter: string) => {
    const groups = definition.FilterGroups.filter(({ Filters }) =>
      [...objectsIn(Filters)].some(([, object]) => Object.values(object).flat().includes(parameter)),
    );
    return new Set([...objectsIn(groups)].flatMap(([, { VisualIds }]) => (VisualIds as string[] | undefined) ?? []));
  };
  const columnsOf = (view: ViewName) => describedColumns(view).map(({ name }) => name);

  it('is filtered by owner, and by a single currency if it shows money', () => {
    expect([...scoped('Owner')].sort()).toEqual(visuals.map(({ id }) => id).sort());
    const ofMoney = visuals.filter(({ view }) => columnsOf(view).includes('currency')).map(({ id }) => id);
    expect([...scoped('Currency')].sort()).toEqual(ofMoney.sort());
    const currency = named('StringParameterDeclaration').find(({ Name }) => Name === 'Currency');
    expect(currency).toMatchObject({ ParameterValueType: 'SINGLE_VALUED', DefaultValues: { StaticValues: ['EUR'] } });
  });

  it('has the same filters as in the console', () => {
    for (const [filter, parameter] of [
      ['category', 'Category'],
      ['account', 'Account'],
      ['period', 'From'],
    ] as const) {
      const those = visuals.filter(({ filters }) => (filters as readonly string[]).includes(filter));
      expect([...scoped(parameter)].sort(), filter).toEqual(those.map(({ id }) => id).sort());
    }
    expect([...scoped('expense')]).toEqual(['expense-payments']);
    expect([...scoped('income')]).toEqual(['income-payments']);
  });

  test.for(visuals.filter(({ drill }) => drill !== undefined))('$id opens the visual of its drill', (visual) => {
    const drawn = objects.find(([, { VisualId }]) => VisualId === visual.id)?.[1];
    const layer = layerOf(visual);
    if (layer !== undefined) {
      const columns = [layer.from, layer.to].map((ColumnName) => ({ DataSetIdentifier: layer.view, ColumnName }));
      expect(drawn).toMatchObject({ ColumnHierarchies: [{ ExplicitHierarchy: { Columns: columns } }] });
      return;
    }
    const within = [...objectsIn(drawn)].map(([, object]) => object);
    const fields = within.flatMap(({ FieldId, Column }) => (Column === undefined ? [] : [FieldId]));
    const sources = within.flatMap(({ SourceField }) => (SourceField === undefined ? [] : [SourceField]));
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) expect(fields).toContain(source);
    const targets = within.flatMap(({ TargetSheetId }) => (TargetSheetId === undefined ? [] : [TargetSheetId]));
    const target = definition.Sheets.find(({ SheetId }) => SheetId === targets[0]);
    expect([...objectsIn(target)].some(([, { VisualId }]) => VisualId === visual.drill?.to)).toBe(true);
    const declared = named('StringParameterDeclaration', 'DateTimeParameterDeclaration').map(({ Name }) => Name);
    for (const { DestinationParameterName } of within) {
      if (DestinationParameterName !== undefined) expect(declared).toContain(DestinationParameterName);
    }
  });

  it('includes payments without a known place until the reader chooses a place', () => {
    for (const filter of named('CategoryFilter')) {
      const { ColumnName } = filter.Column as Reference;
      const configuration = filter.Configuration as Json;
      if (configuration.CustomFilterConfiguration === undefined) continue;
      expect(configuration.CustomFilterConfiguration).toMatchObject({ NullOption: 'NON_NULLS_ONLY' });
      expect(ColumnName).not.toMatch(/^(country|city)$/);
    }
    expect([...calculated.keys()]).toEqual(
      expect.arrayContaining(['v_transactions.country (or unknown)', 'v_spend_by_place.country (or unknown)']),
    );
  });

  it('shows categories with their merchants as layers of one visual', () => {
    const byCategory = visuals.find(({ id }) => id === 'spending-by-category');
    expect(byCategory && layerOf(byCategory)).toEqual({
      view: 'v_spend_by_merchant_month',
      from: 'category',
      to: 'merchant',
    });
    expect(byCategory && drawnView(byCategory)).toBe('v_spend_by_merchant_month');
  });
});
