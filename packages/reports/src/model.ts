/**
 * What a dashboard is made of, as data: QuickSight's definition and the console's charts are both drawn from it.
 *
 * A visual is typed against the columns of its view: a column that is renamed in packages/schema no longer compiles here.
 * Nothing in this file needs Drizzle at run time, so that a browser can load it.
 */
import type { reportViews } from '@centflow/schema/views';

type ReportView = (typeof reportViews)[number];

/** The rows of the views that dashboards may show, by the view's name in MySQL. */
export type ReportViews = { [View in ReportView as View['_']['name']]: View['$inferSelect'] };
export type ViewName = keyof ReportViews;

/** The owner is no column of a report: it is whoever is signed in. */
export type ColumnOf<View extends ViewName> = View extends ViewName
  ? Exclude<Extract<keyof ReportViews[View], string>, 'owner'>
  : never;

/** How a label is written: `month` is `YYYY-MM`, `date` `YYYY-MM-DD`, `moment` UTC to the microsecond, `country` ISO 3166-1 alpha-2. */
export type LabelFormat = 'month' | 'date' | 'moment' | 'country' | 'text' | 'integer';

/** `money` takes its decimals and symbol from the currency, and is there only where the view has one. */
export type FigureFormat<View extends ViewName = ViewName> =
  | 'integer'
  | (Extract<ColumnOf<View>, 'currency'> extends never ? never : 'money');

/** How a figure or a label is written. A `percent` is a share: `0.25` is a quarter. */
export type Format = LabelFormat | FigureFormat | 'percent';

/** A column that rows are grouped by. */
export interface Dimension<View extends ViewName> {
  readonly column: ColumnOf<View>;
  readonly title: string;
  readonly format: LabelFormat;
  /** The days of a `date` column are taken together to months: its format is `month`. */
  readonly grain?: 'month';
}

/** A column with a number in it. */
export interface Figure<View extends ViewName> {
  readonly column: ColumnOf<View>;
  readonly title: string;
  readonly format: FigureFormat<View>;
}

/** A column that is added up over a group, or whose rows are counted. */
export interface Total<View extends ViewName> extends Figure<View> {
  readonly aggregate: 'sum' | 'count';
}

/**
 * What stood at the end: of each `per` (an account) the value on its last day within the group, and these added up.
 * A balance is not added up over days.
 */
export interface Last<View extends ViewName> extends Figure<View> {
  readonly aggregate: 'last';
  readonly per: ColumnOf<View>;
  /** The column that tells the day. */
  readonly by: ColumnOf<View>;
}

export type Measure<View extends ViewName> = Total<View> | Last<View>;

/** The quotient of two sums, such as `net / income`; null unless the denominator is above 0. Rates are never added up or averaged. */
export interface Ratio<View extends ViewName> {
  /** What it is called among the columns of an answer; snake_case. */
  readonly name: string;
  readonly numerator: ColumnOf<View>;
  readonly denominator: ColumnOf<View>;
  readonly title: string;
  readonly format: 'percent';
}

export type Value<View extends ViewName> = Measure<View> | Ratio<View>;

/** What is told side by side of each group. Balances are not mixed with sums. */
export type Values<View extends ViewName> = readonly (Total<View> | Ratio<View>)[] | readonly [Last<View>];

/** The column that each filter narrows, the first that a view has. */
export const filterColumns = {
  currency: ['currency'],
  period: ['month', 'date', 'month_received', 'received_at'],
  category: ['category'],
  account: ['account'],
} as const satisfies Record<string, readonly string[]>;

/** What a reader may narrow a dashboard down by. */
export type FilterName = keyof typeof filterColumns;

/** The filters for which a view has a column. */
export type FilterOf<View extends ViewName> = {
  [Name in FilterName]: [Extract<ColumnOf<View>, (typeof filterColumns)[Name][number]>] extends [never] ? never : Name;
}[FilterName];

/** A finer visual, shown for one mark of the coarser one. */
export interface Drill<From extends ViewName = ViewName> {
  /** The id of the visual that is shown instead. */
  readonly to: string;
  /** Which of its columns is narrowed to the value that the mark has, or that the coarser visual was narrowed to itself. */
  readonly by: readonly { readonly from: ColumnOf<From>; readonly column: string }[];
  /** The dimension whose month becomes the finer visual's period. */
  readonly month?: ColumnOf<From>;
}

interface Shared<View extends ViewName> {
  /** Unique over all dashboards, kebab-case: part of addresses and of QuickSight's ids. */
  readonly id: string;
  readonly title: string;
  /** The question that it answers, in a sentence. */
  readonly question: string;
  readonly view: View;
  /** Those of the dashboard's filters that apply. A visual of money has `currency`: amounts never add up over currencies. */
  readonly filters: readonly FilterOf<View>[];
  /** Rows that it is about: columns with the value that they must have. */
  readonly only?: { readonly [Column in ColumnOf<View>]?: string };
  /** Columns that a drill which leads here may narrow. */
  readonly narrowedBy?: readonly ColumnOf<View>[];
  /** Where a click on a mark leads. */
  readonly drill?: Drill<View>;
}

/** A single figure: over everything, or with a trend that of its last group, compared with the one before. */
export interface Kpi<View extends ViewName> extends Shared<View> {
  readonly kind: 'kpi';
  readonly value: Value<View>;
  readonly trend?: Dimension<View>;
}

export interface LineOrBar<View extends ViewName> extends Shared<View> {
  readonly kind: 'line' | 'bar';
  /** Time runs onward; anything else begins with the largest by the first value. */
  readonly x: Dimension<View>;
  readonly values: Values<View>;
  /** A line or bar for each of its values. */
  readonly series?: Dimension<View>;
  /** Only so many of the largest, by the first value. */
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

/** A square for each day. */
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

/** A line for each group. */
export interface Table<View extends ViewName> extends Shared<View> {
  readonly kind: 'table';
  readonly rows: readonly Dimension<View>[];
  readonly values: Values<View>;
}

/** Every row of the view as it stands: nothing is grouped or added up. */
export interface List<View extends ViewName> extends Shared<View> {
  readonly kind: 'list';
  readonly rows: readonly Dimension<View>[];
  readonly values: readonly Figure<View>[];
  /** What comes first: the rows where these are highest, such as the newest. */
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

/** Parts of a visual whatever its view. */
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
  /** Kebab-case: part of addresses and of QuickSight's ids. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly filters: readonly FilterName[];
  /** In reading order; `width` in twelfths of the page. */
  readonly visuals: readonly { readonly visual: Visual; readonly width: 3 | 4 | 6 | 8 | 12 }[];
  /** Visuals that only a drill leads to. */
  readonly drills?: readonly Visual[];
}

/** The answer to a visual's query: what a chart draws, a CSV holds and QuickSight shows. */
export interface VisualData {
  /** Dimensions first, then values, in the visual's order. */
  readonly columns: readonly VisualColumn[];
  /** Decimals are strings; a ratio without a denominator is null. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** The currency of the amounts; null where the visual has none, or the owner. */
  readonly currency: string | null;
  /** There were more rows than a visual takes, or than its `top`: the last ones are left out. */
  readonly truncated: boolean;
}

export interface VisualColumn {
  readonly name: string;
  readonly title: string;
  readonly format: Format;
  readonly role: 'dimension' | 'value';
}

/** What a reader has chosen. Months are `YYYY-MM`, both inclusive. A filter that a visual does not have does not touch it. */
export interface Filters {
  readonly currency?: string;
  readonly from?: string;
  readonly to?: string;
  readonly category?: string;
  readonly account?: string;
  /** What a drill has narrowed: columns of the visual's `narrowedBy`; null is where the file does not say. */
  readonly drill?: Readonly<Record<string, string | null>>;
}
