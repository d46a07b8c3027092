import type { View } from '../define-view.ts';
import { describeView } from '../describe-view.ts';
import { type GeneratedFile, textFile } from './generated-file.ts';

/** The path of the list of views. The job's tests read the views, their columns and the SQL types from it. */
export const viewListPath = 'glue/tests/views.json';

/** Renders the list of views for the job's tests in Python. */
export function renderViewList(views: readonly View[]): GeneratedFile {
  const columnsOf = ({ view }: View) => describeView(view).columns.map(({ name, sqlType }) => [name, sqlType]);
  const list = {
    generated: 'from packages/schema/src/views/*.ts by `npm run generate`; do not edit',
    views: Object.fromEntries(views.map((view) => [view.name, Object.fromEntries(columnsOf(view))])),
  };
  return textFile(viewListPath, `${JSON.stringify(list, null, 2)}\n`);
}
