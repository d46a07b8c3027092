/**
 * The types of dashboards and visuals. The console's charts and QuickSight's definition are both generated from such
 * data.
 *
 * A visual is typed against the columns of its view: if packages/schema renames a column, the visual no longer
 * compiles. A
 * browser can load this file, because it does not need Drizzle at run time.
 */
import type { reportViews } from '@centflow/schema/views';

type ReportView = (typeof reportViews)[number];

/** The rows of the views that dashboards may show, by the view's name in MySQL. */
export type ReportViews = { [View in ReportView as View['_']['name']]: View['$inferSelect'] };
export type ViewName = keyof ReportViews;

/** The columns of a view that visuals may use. `owner` is excluded, because reports always show the signed-in owner. */
export type ColumnOf<View extends ViewName> = View extends ViewName
  ? Exclude<Extract<keyof ReportViews[View], string>, 'owner'>
  : never;

/**
 * The format of a label: `month` is `YYYY-MM`, `date` is `YYYY-MM-DD`, `moment` is UTC with microseconds, and `country`
 * is
 * ISO 3166-1 alpha-2.
 */
export type LabelFormat = 'month' | 'date' | 'moment' | 'country' | 'text' | 'integer';

/**
 * The format of a figure. `money` uses the decimals and symbol of the currency, so the view needs a `currency` column.
 */
export type FigureFormat<View extends ViewName = ViewName> =
  | 'integer'
  | (Extract<ColumnOf<View>, 'currency'> extends never ? never : 'money');

/** The format of a figure or label. A `percent` is a share: `0.25` means 25 %. */
export type Format = LabelFormat | FigureFormat | 'percent';

/** A column by which rows are grouped. */
export interface Dimension<View extends ViewName> {
  readonly column: ColumnOf<View>;
  readonly title: string;
  readonly format: LabelFormat;
  /** Groups the days of a `date` column by month. The format is then `month`. */
  readonly grain?: 'month';
}

/** A column that contains a number. */
export interface Figure<View extends ViewName> {
  readonly column: ColumnOf<View>;
  readonly title: string;
  readonly format: FigureFormat<View>;
}

/** A column that is summed over a group, or whose rows are counted. */
export interface Total<View extends ViewName> extends Figure<View> {
  readonly aggregate: 'sum' | 'count';
}

/**
 * The value at the end of a group: the sum of one last value for each value of the column `per`, such as for each
 * account.
 *
 * Used for balances, which must not be summed over days.
 */
export interface Last<View extends ViewName> extends Figure<View> {
  readonly aggregate: 'last';
  readonly per: ColumnOf<View>;
  /** The column that contains the day. */
  readonly by: ColumnOf<View>;
}

export type Measure<View extends ViewName> = Total<View> | Last<View>;

/**
 * The quotient of two sums, such as `net / income`. It is null unless the denominator is positive.
 *
 * Ratios are calculated from sums, because ratios must not be summed or averaged.
 */
export interface Ratio<View extends ViewName> {
  /** The name of the ratio's column in the answer, in snake_case. */
  readonly name: string;
  readonly numerator: ColumnOf<View>;
  readonly denominator: ColumnOf<View>;
  readonly title: string;
  readonly format: 'percent';
}

export type Value<View extends ViewName> = Measure<View> | Ratio<View>;

/** The values that a visual shows for each group. A visual shows either sums or a balance. */
export type Values<View extends ViewName> = readonly (Total<View> | Ratio<View>)[] | readonly [Last<View>];

/** The columns that each filter can use. A filter uses the first of its columns that the view has. */
export const filterColumns = {
  currency: ['currency'],
  period: ['month', 'date', 'month_received', 'received_at'],
  category: ['category'],
  account: ['account'],
} as const satisfies Record<string, readonly string[]>;

/** A filter that a reader may set on a dashboard. */
export type FilterName = keyof typeof filterColumns;

/** The filters for which the view has a column. */
export type FilterOf<View extends ViewName> = {
  [Name in FilterName]: [Extract<ColumnOf<View>, (typeof filterColumns)[Name][number]>] extends [never] ? never : Name;
}[FilterName];

/** A link between two visuals: a click on a mark of the coarser visual opens the finer visual. */
export interface Drill<From extends ViewName = ViewName> {
  /** The id of the finer visual. */
  readonly to: string;
  /**
   * Each entry limits `column` of the finer visual to the clicked mark's value of `from`, a column of the coarser
   * visual.
   */
  readonly by: readonly { readonly from: ColumnOf<From>; readonly column: string }[];
  /** The dimension whose month becomes the finer visual's period. */
  readonly month?: ColumnOf<From>;
}

interface Shared<View extends ViewName> {
  /** The id in kebab-case, unique across all dashboards. URLs and QuickSight's ids contain the id. */
  readonly id: string;
  readonly title: string;
  /** The question that the visual answers, in one sentence. */
  readonly question: string;
  readonly view: View;
  /**
   * The dashboard's filters that apply to this visual. A visual that shows money needs `currency`, because amounts are
   * never
   * summed over currencies.
   */
  readonly filters: readonly FilterOf<View>[];
  /** Limits the rows to those in which each of these columns has the given value. */
  readonly only?: { readonly [Column in ColumnOf<View>]?: string };
  /** The columns that a drill may filter when it opens this visual. */
  readonly narrowedBy?: readonly ColumnOf<View>[];
  /** The drill that a click on a mark opens. */
  readonly drill?: Drill<View>;
}

/**
 * A single figure over all rows. With a trend, the figure is that of the last group, compared with the previous group.
 */
export interface Kpi<View extends ViewName> extends Shared<View> {
  readonly kind: 'kpi';
  readonly value: Value<View>;
  readonly trend?: Dimension<View>;
}

export interface LineOrBar<View extends ViewName> extends Shared<View> {
  readonly kind: 'line' | 'bar';
  /**
   * The dimension on the x axis. Times are in ascending order. Other labels are sorted by the first value, largest
   * first.
   */
  readonly x: Dimension<View>;
  readonly values: Values<View>;
  /** The dimension whose values are each drawn as a line or bar. */
  readonly series?: Dimension<View>;
  /** The maximum number of groups to show. The groups with the largest first value are shown. */
  readonly top?: number;
  readonly horizontal?: boolean;
}

export interface Stacked<View extends ViewName> extends Shared<View> {
  readonly kind: 'stacked';
  readonly x: Dimension<View>;
  readonly series: Dimension<View>;
  readonly values: readonly [Measure<View>];
}

export interface HeatMap<View extends ViewName> extends Shared<View> {
  readonly kind: 'heatmap';
  readonly x: Dimension<View>;
  readonly y: Dimension<View>;
  readonly values: readonly [Measure<View>];
}

/** A calendar with one square for each day. */
export interface Calendar<View extends ViewName> extends Shared<View> {
  readonly kind: 'calendar';
  readonly date: Dimension<View>;
  readonly values: readonly [Measure<View>];
}

export interface Pivot<View extends ViewName> extends Shared<View> {
  readonly kind: 'pivot';
  readonly rows: readonly Dimension<View>[];
  readonly columns: readonly Dimension<View>[];
  readonly values: readonly Total<View>[];
}

/** A table with one line for each group. */
export interface Table<View extends ViewName> extends Shared<View> {
  readonly kind: 'table';
  readonly rows: readonly Dimension<View>[];
  readonly values: Values<View>;
}

/** A list of the view's rows, without grouping or sums. */
export interface List<View extends ViewName> extends Shared<View> {
  readonly kind: 'list';
  readonly rows: readonly Dimension<View>[];
  readonly values: readonly Figure<View>[];
  /** The columns by which the rows are sorted in descending order, so that the newest row is first. */
  readonly newest: readonly ColumnOf<View>[];
}

export interface FilledMap<View extends ViewName> extends Shared<View> {
  readonly kind: 'filled-map';
  readonly country: Dimension<View>;
  readonly values: readonly [Measure<View>];
}

export interface PointMap<View extends ViewName> extends Shared<View> {
  readonly kind: 'point-map';
  readonly country: Dimension<View>;
  readonly city: Dimension<View>;
  readonly values: readonly [Measure<View>];
}

/** The parts of a visual, for any view. */
export type AnyDimension = { [View in ViewName]: Dimension<View> }[ViewName];
export type AnyFigure = { [View in ViewName]: Figure<View> }[ViewName];
export type AnyRatio = { [View in ViewName]: Ratio<View> }[ViewName];
export type AnyLast = { [View in ViewName]: Last<View> }[ViewName];
export type AnyValue = { [View in ViewName]: Value<View> }[ViewName] | AnyFigure;

/** A chart or table that shows one view. */
export type Visual<View extends ViewName = ViewName> = View extends ViewName
  ?
      | Kpi<View>
      | LineOrBar<View>
      | Stacked<View>
      | HeatMap<View>
      | Calendar<View>
      | Pivot<View>
      | Table<View>
      | List<View>
      | FilledMap<View>
      | PointMap<View>
  : never;
export type VisualKind = Visual['kind'];

export interface Dashboard {
  /** The id in kebab-case. URLs and QuickSight's ids contain the id. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly filters: readonly FilterName[];
  /** The visuals in reading order. `width` is in twelfths of the page. */
  readonly visuals: readonly { readonly visual: Visual; readonly width: 3 | 4 | 6 | 8 | 12 }[];
  /** The visuals that only a drill opens. */
  readonly drills?: readonly Visual[];
}

/** The answer to a visual's query, which the console draws as a chart or exports as CSV. */
export interface VisualData {
  /** The columns of the dimensions, then those of the values, in the visual's order. */
  readonly columns: readonly VisualColumn[];
  /** The rows of the answer. Decimals are strings. A ratio without a positive denominator is null. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** The currency of the amounts. It is null if the visual shows no money, or if the owner has no currency yet. */
  readonly currency: string | null;
  /** Whether the answer omits rows, because there were more than the visual's limit or its `top`. */
  readonly truncated: boolean;
}

export interface VisualColumn {
  readonly name: string;
  readonly title: string;
  readonly format: Format;
  readonly role: 'dimension' | 'value';
}

/**
 * The filters that the reader has set. The months `from` and `to` are `YYYY-MM` and inclusive. A visual ignores filters
 * that it does not have.
 */
export interface Filters {
  readonly currency?: string;
  readonly from?: string;
  readonly to?: string;
  readonly category?: string;
  readonly account?: string;
  /**
   * The values that a drill has set, by columns of the visual's `narrowedBy`. null selects the rows without a value.
   */
  readonly drill?: Readonly<Record<string, string | null>>;
}
