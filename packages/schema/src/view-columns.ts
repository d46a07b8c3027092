/**
 * Describes the columns of the views with their SQL types, for code that cannot query MySQL, such as QuickSight's data
 * sets.
 */
import { describeView, type ViewDescription } from './describe-view.ts';
import { views } from './generated/views.ts';

export * from './describe-view.ts';

/** Returns the name and the columns of every view. */
export function describeViews(): readonly ViewDescription[] {
  return views.map(describeView);
}
