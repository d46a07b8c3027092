/** The mapping of a bank export to a feed. A template stores a mapping. */

/** The target columns of a mapping. `counterparty` is the merchant of an expense or the source of an income. */
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

/** Where a cell comes from: a column of the export, named by its header, or a constant text. */
export type MappedCell = { readonly column: string } | { readonly constant: string };

export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** How to read an export. A template stores this object as JSON. */
export interface Mapping {
  readonly version: 1;
  /** A label of the Encoding Standard, such as `windows-1252`. */
  readonly encoding: string;
  readonly delimiter: Delimiter;
  /** The row number of the header as a spreadsheet shows it. Banks write lines about the account above the header. */
  readonly headerRow: number;
  /** The headers, which identify the bank's next export. */
  readonly header: readonly string[];
  /**
   * The decimal separator. If it is a comma, a point may separate thousands, and vice versa. Spaces and apostrophes
   * always may.
   */
  readonly decimal: '.' | ',';
  readonly dateOrder: 'ymd' | 'dmy' | 'mdy';
  readonly money:
    | { readonly kind: 'signed'; readonly column: string; readonly spentIs: 'negative' | 'positive' }
    /** Two columns; each row has an amount in one of them. */
    | { readonly kind: 'split'; readonly out: string; readonly in: string };
  readonly cells: Readonly<Partial<Record<MappingTarget, MappedCell>>>;
}

/** A cell of the export that the mapping cannot read. */
export interface ExportProblem {
  /** The row number in the export as a spreadsheet shows it. */
  readonly rowNo: number;
  /** The header of the column in the export. */
  readonly column: string;
  /** What is wrong and what to do, for the owner of the file. */
  readonly message: string;
}

/** A problem of the mapping itself. */
export interface MappingProblem {
  readonly field: keyof Mapping | MappingTarget;
  readonly message: string;
}
