/** Reads the columns from a contract, the JSON file that the job also reads. */
import type { Contract } from '@centflow/schema/contract';

export type { Contract };

/** A column of the feed: its header and the rules for its cells. */
export interface Column {
  /** The header in lower case. */
  readonly header: string;
  readonly type: 'date' | 'yearmonth' | 'decimal' | 'string';
  readonly requiredHeader: boolean;
  readonly nullable: boolean;
  readonly emptyAllowed: boolean;
  /** The maximum number of characters of a string. */
  readonly maxLength: number | null;
  /** The maximum number of digits before the decimal point. */
  readonly integerDigits: number;
  /** The number of decimals that the table stores. */
  readonly scale: number;
  /** The minimum of a number, as decimal text. */
  readonly minimum: string | null;
  /** The allowed values of a column with a closed list. */
  readonly allowed: readonly string[] | null;
}

/** Returns a feed's columns in the order of its contract. */
export function columnsOf(contract: Contract): readonly Column[] {
  const constraints = new Map(contract.fields.map((field) => [field.name, field.constraints ?? {}]));
  return contract.centflow.columns.map((column) => {
    const { minimum, enum: allowed } = constraints.get(column.header) ?? {};
    const decimal = column.type === 'decimal';
    return {
      header: column.header,
      type: column.type,
      requiredHeader: column.requiredHeader,
      nullable: column.nullable,
      emptyAllowed: column.emptyAllowed,
      maxLength: column.type === 'string' ? column.maxLength : null,
      integerDigits: decimal ? column.precision - column.scale : 0,
      scale: decimal ? column.scale : 0,
      minimum: minimum ?? null,
      allowed: allowed ?? null,
    };
  });
}
