/** The mapping of a bank export to a feed. Templates store it. */

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

/** The origin of a cell: a column of the export by its header, or a constant text. */
export type MappedCell = { readonly column: string } | { readonly constant: string };

export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** How an export is read. A template stores it as JSON. */
export interface Mapping {
  readonly version: 1;
  /** A label of the Encoding Standard, such as `windows-1252`. */
  readonly encoding: string;
  readonly delimiter: Delimiter;
  /** The row number of the header as a spreadsheet shows it. Banks put lines about the account before the header. */
  readonly headerRow: number;
  /** The header, by which the bank's next export is recognised. */
  readonly header: readonly string[];
  /** The decimal separator. The other sign, spaces and apostrophes may separate thousands. */
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
  /** The row number of the export as a spreadsheet shows it. */
  readonly rowNo: number;
  /** The column of the export. */
  readonly column: string;
  /** What is wrong and what to do, for the owner of the file. */
  readonly message: string;
}

/** A problem of the mapping itself. */
export interface MappingProblem {
  readonly field: keyof Mapping | MappingTarget;
  readonly message: string;
}
