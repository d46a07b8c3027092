/**
 * The types of dashboards and visuals. QuickSight's definition and the console's charts are both drawn from such data.
 *
 * A visual is typed against the columns of its view: if packages/schema renames a column, the visual no longer compiles.
 * Nothing in this file needs Drizzle at run time, so a browser can load it.
 */
import type { reportViews } from '@centflow/schema/views';

type ReportView = (typeof reportViews)[number];

/** The rows of the views that dashboards may show, by the view's name in MySQL. */
export type ReportViews = { [View in ReportView as View['_']['name']]: View['$inferSelect'] };
export type ViewName = keyof ReportViews;

/** The columns of a view that visuals may use. `owner` is not among them: the owner is the person who is signed in. */
export type ColumnOf<View extends ViewName> = View extends ViewName
  ? Exclude<Extract<keyof ReportViews[View], string>, 'owner'>
  : never;

/** How a label is written: `month` as `YYYY-MM`, `date` as `YYYY-MM-DD`, `moment` in UTC to the microsecond, `country` as ISO 3166-1 alpha-2. */
export type LabelFormat = 'month' | 'date' | 'moment' | 'country' | 'text' | 'integer';

/** `money` takes its decimals and symbol from the currency. It exists only for views with a `currency` column. */
export type FigureFormat<View extends ViewName = ViewName> =
  | 'integer'
  | (Extract<ColumnOf<View>, 'currency'> extends never ? never : 'money');

/** How a figure or a label is written. A `percent` is a share: `0.25` means 25 %. */
export type Format = LabelFormat | FigureFormat | 'percent';

/** A column that rows are grouped by. */
export interface Dimension<View extends ViewName> {
  readonly column: ColumnOf<View>;
  readonly title: string;
  readonly format: LabelFormat;
  /** Groups the days of a `date` column by month. The format is then `month`. */
  readonly grain?: 'month';
}

/** A column that holds a number. */
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
 * The value at the end: for each `per` (an account) the value on its last day within the group, summed over all `per`.
 * Balances must not be summed over days.
 */
export interface Last<View extends ViewName> extends Figure<View> {
  readonly aggregate: 'last';
  readonly per: ColumnOf<View>;
  /** The column that holds the day. */
  readonly by: ColumnOf<View>;
}

export type Measure<View extends ViewName> = Total<View> | Last<View>;

/** The quotient of two sums, such as `net / income`. It is null unless the denominator is positive. Rates are never summed or averaged. */
export interface Ratio<View extends ViewName> {
  /** Its column name in the answer, in snake_case. */
  readonly name: string;
  readonly numerator: ColumnOf<View>;
  readonly denominator: ColumnOf<View>;
  readonly title: string;
  readonly format: 'percent';
}

export type Value<View extends ViewName> = Measure<View> | Ratio<View>;

/** The values that a visual shows for each group. Balances and sums are not mixed. */
export type Values<View extends ViewName> = readonly (Total<View> | Ratio<View>)[] | readonly [Last<View>];

/** The columns that each filter may narrow. The first that the view has is used. */
export const filterColumns = {
  currency: ['currency'],
  period: ['month', 'date', 'month_received', 'received_at'],
  category: ['category'],
  account: ['account'],
} as const satisfies Record<string, readonly string[]>;

/** A filter that a reader may set on a dashboard. */
export type FilterName = keyof typeof filterColumns;

/** The filters for which a view has a column. */
export type FilterOf<View extends ViewName> = {
  [Name in FilterName]: [Extract<ColumnOf<View>, (typeof filterColumns)[Name][number]>] extends [never] ? never : Name;
}[FilterName];

/** A link to a finer visual, which a click on one mark of the coarser visual opens. */
export interface Drill<From extends ViewName = ViewName> {
  /** The id of the finer visual. */
  readonly to: string;
  /** The finer visual's columns to narrow, each with the coarser visual's column whose value it takes. */
  readonly by: readonly { readonly from: ColumnOf<From>; readonly column: string }[];
  /** The dimension whose month becomes the finer visual's period. */
  readonly month?: ColumnOf<From>;
}

interface Shared<View extends ViewName> {
  /** Unique over all dashboards, in kebab-case. URLs and QuickSight's ids contain it. */
  readonly id: string;
  readonly title: string;
  /** The question that the visual answers, in one sentence. */
  readonly question: string;
  readonly view: View;
  /** The dashboard's filters that apply. A visual that shows money has `currency`: amounts are never summed over currencies. */
  readonly filters: readonly FilterOf<View>[];
  /** Limits the rows: columns with the value that they must have. */
  readonly only?: { readonly [Column in ColumnOf<View>]?: string };
  /** Columns that a drill to this visual may narrow. */
  readonly narrowedBy?: readonly ColumnOf<View>[];
  /** What a click on a mark opens. */
  readonly drill?: Drill<View>;
}

/** A single figure over all rows. With a trend, it is the figure of the last group, compared with the previous one. */
export interface Kpi<View extends ViewName> extends Shared<View> {
  readonly kind: 'kpi';
  readonly value: Value<View>;
  readonly trend?: Dimension<View>;
}

export interface LineOrBar<View extends ViewName> extends Shared<View> {
  readonly kind: 'line' | 'bar';
  /** Times are in ascending order. Other labels are sorted by the first value, the largest first. */
  readonly x: Dimension<View>;
  readonly values: Values<View>;
  /** Draws one line or bar for each of its values. */
  readonly series?: Dimension<View>;
  /** Shows only this many groups, the largest by the first value. */
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

/** One square for each day. */
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

/** One line for each group. */
export interface Table<View extends ViewName> extends Shared<View> {
  readonly kind: 'table';
  readonly rows: readonly Dimension<View>[];
  readonly values: Values<View>;
}

/** The rows of the view, without grouping or sums. */
export interface List<View extends ViewName> extends Shared<View> {
  readonly kind: 'list';
  readonly rows: readonly Dimension<View>[];
  readonly values: readonly Figure<View>[];
  /** Sorts the rows by these columns in descending order, such as the newest first. */
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

/** Parts of a visual over any view. */
export type AnyDimension = { [View in ViewName]: Dimension<View> }[ViewName];
export type AnyFigure = { [View in ViewName]: Figure<View> }[ViewName];
export type AnyRatio = { [View in ViewName]: Ratio<View> }[ViewName];
export type AnyLast = { [View in ViewName]: Last<View> }[ViewName];
export type AnyValue = { [View in ViewName]: Value<View> }[ViewName] | AnyFigure;

/** One chart or table over one view. */
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
  /** In kebab-case. URLs and QuickSight's ids contain it. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly filters: readonly FilterName[];
  /** In reading order. `width` is in twelfths of the page. */
  readonly visuals: readonly { readonly visual: Visual; readonly width: 3 | 4 | 6 | 8 | 12 }[];
  /** Visuals that only a drill opens. */
  readonly drills?: readonly Visual[];
}

/** The answer to a visual's query, which a chart draws and a CSV contains. */
export interface VisualData {
  /** First the dimensions, then the values, in the visual's order. */
  readonly columns: readonly VisualColumn[];
  /** Decimals are strings. A ratio without a positive denominator is null. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** The currency of the amounts. It is null if the visual shows no money, or if the owner has none. */
  readonly currency: string | null;
  /** Whether rows are left out, because there were more than the visual's limit or its `top`. */
  readonly truncated: boolean;
}

export interface VisualColumn {
  readonly name: string;
  readonly title: string;
  readonly format: Format;
  readonly role: 'dimension' | 'value';
}

/** The reader's choices. Months are `YYYY-MM`, both inclusive. A visual ignores filters that it does not have. */
export interface Filters {
  readonly currency?: string;
  readonly from?: string;
  readonly to?: string;
  readonly category?: string;
  readonly account?: string;
  /** The values that a drill set, by columns of the visual's `narrowedBy`. null stands for rows without a value. */
  readonly drill?: Readonly<Record<string, string | null>>;
}
