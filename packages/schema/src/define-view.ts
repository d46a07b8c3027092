import { getViewConfig, type MySqlView } from 'drizzle-orm/mysql-core';

/** What a view's file declares in addition to the view itself. */
export interface ViewDefinition {
  /** The question that the view answers, as one sentence. */
  readonly question: string;
  /**
   * Who reads the view. Dashboards may show views for `reports`, and QuickSight has a data set for each of them. Only
   * the console's API and the canary read views for `programs`.
   */
  readonly audience: 'reports' | 'programs';
}

/** A report view and what its file declares. */
export interface View extends ViewDefinition {
  /** The name of the view in MySQL, such as `v_spend_by_day`. */
  readonly name: string;
  readonly view: MySqlView;
}

/** Thrown if a view's definition breaks a rule. The message names the view and the change to make. */
export class ViewDefinitionError extends Error {
  override readonly name = 'ViewDefinitionError';

  constructor(view: string, problem: string) {
    super(`View ${view}: ${problem}`);
  }
}

/** Declares the question that a view answers and who reads the view. */
export function defineView(view: MySqlView, definition: ViewDefinition): View {
  const { name, sqlSecurity } = getViewConfig(view) as { name: string; sqlSecurity?: string };
  if (!/^v_[a-z_]+$/.test(name))
    throw new ViewDefinitionError(name, 'give it a name in lower case that begins with v_ and states the question.');
  if (sqlSecurity !== 'definer') {
    throw new ViewDefinitionError(name, "add .sqlSecurity('definer'): the reporter may read views but no tables.");
  }
  return { name, view, ...definition };
}
