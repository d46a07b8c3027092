import { getViewConfig, type MySqlView } from 'drizzle-orm/mysql-core';

/** What a view's file declares beside the view. */
export interface ViewDefinition {
  /** The question that the view answers, in one sentence. */
  readonly question: string;
  /**
   * Who reads the view. Dashboards may show `reports`, and QuickSight has a data set for each.
   * `programs` are for the console's API and the canary alone.
   */
  readonly audience: 'reports' | 'programs';
}

/** A report view and what its file declares. */
export interface View extends ViewDefinition {
  /** The view's name in MySQL: `v_spend_by_day`. */
  readonly name: string;
  readonly view: MySqlView;
}

/** A view that breaks a rule. The message names the view and the change to make. */
export class ViewDefinitionError extends Error {
  override readonly name = 'ViewDefinitionError';

  constructor(view: string, problem: string) {
    super(`View ${view}: ${problem}`);
  }
}

/** Declares which question a view answers and who reads it. */
export function defineView(view: MySqlView, definition: ViewDefinition): View {
  const { name, sqlSecurity } = getViewConfig(view) as { name: string; sqlSecurity?: string };
  if (!/^v_[a-z_]+$/.test(name)) throw new ViewDefinitionError(name, 'name it v_ and the question, in lower case.');
  if (sqlSecurity !== 'definer') {
    throw new ViewDefinitionError(name, "add .sqlSecurity('definer'): the reporter may read views but no tables.");
  }
  return { name, view, ...definition };
}
