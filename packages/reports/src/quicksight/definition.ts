/** Renders all dashboards as one QuickSight dashboard, with a sheet for each. */
import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import type { ViewName } from '../model.ts';
import { CalculatedFields } from './calculated-fields.ts';
import { offeredViews } from './data-sets.ts';
import { drawnView } from './drills.ts';
import { filterGroups } from './filters.ts';
import { declarations } from './parameters.ts';
import { drawSheet, pages } from './sheets.ts';

export interface DefinitionOptions {
  /** Returns the ARN of a view's data set. */
  readonly dataSetArn: (view: ViewName) => string;
  /** The ISO 4217 code of the currency that the dashboard shows at first. */
  readonly currency: string;
}

/** Returns the definition for an analysis or a dashboard. The same input always gives the same definition and ids. */
export function reportDefinition({ dataSetArn, currency }: DefinitionOptions) {
  const calculated = new CalculatedFields();
  const sheets = pages();
  const drawn = sheets.map((page) => drawSheet(page, calculated));
  const groups = filterGroups(
    sheets.map(({ id, placed }) => ({ id, visuals: placed.map(({ visual }) => visual) })),
    calculated,
  );
  const used = new Set(sheets.flatMap(({ placed }) => placed.map(({ visual }) => drawnView(visual))));
  return {
    DataSetIdentifierDeclarations: offeredViews
      .filter((view) => used.has(view))
      .map((view) => ({ Identifier: view, DataSetArn: dataSetArn(view) })),
    Sheets: drawn,
    CalculatedFields: calculated.all.map(({ view, name, expression }) => ({
      DataSetIdentifier: view,
      Name: name,
      Expression: expression,
    })),
    ParameterDeclarations: declarations(currency),
    FilterGroups: groups,
  } satisfies DashboardVersionDefinition;
}
