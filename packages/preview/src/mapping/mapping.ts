/** A bank's own export, and how it becomes a feed: what a template keeps. */

/** What a mapping says where to find. `counterparty` is the merchant of an expense and the source of an income. */
export const mappingTargets = [
  'date',
  'counterparty',
  'category',
  'account',
  'currency',
  'description',
  'country',
  'city',
  'transaction_id',
] as const;
export type MappingTarget = (typeof mappingTargets)[number];

/** Where a cell comes from: a column of the export, by its header, or a text that is the same in every row. */
export type MappedCell = { readonly column: string } | { readonly constant: string };

export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** How an export is read. JSON; a template keeps it. */
export interface Mapping {
  readonly version: 1;
  /** A label of the Encoding Standard, such as `windows-1252`. */
  readonly encoding: string;
  readonly delimiter: Delimiter;
  /** The row that the header stands in, as a spreadsheet shows it: banks put lines about the account before it. */
  readonly headerRow: number;
  /** The header, which the bank's next export is known by. */
  readonly header: readonly string[];
  /** What stands before the cents. The other one, spaces and apostrophes may stand between thousands. */
  readonly decimal: '.' | ',';
  readonly dateOrder: 'ymd' | 'dmy' | 'mdy';
  readonly money:
    | { readonly kind: 'signed'; readonly column: string; readonly spentIs: 'negative' | 'positive' }
    /** Two columns, of which each row fills one. */
    | { readonly kind: 'split'; readonly out: string; readonly in: string };
  readonly cells: Readonly<Partial<Record<MappingTarget, MappedCell>>>;
}

/** A cell of the export that is not what the mapping takes it for. */
export interface ExportProblem {
  /** The row of the export, as a spreadsheet shows it. */
  readonly rowNo: number;
  /** The column of the export. */
  readonly column: string;
  /** What is wrong and what to do, for the person whose file it is. */
  readonly message: string;
}

/** What of the mapping itself cannot be right. */
export interface MappingProblem {
  readonly field: keyof Mapping | MappingTarget;
  readonly message: string;
}
