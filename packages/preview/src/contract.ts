/** The contract as a preview needs it: the JSON that the job reads, indexed. */
import type { Contract } from '@centflow/schema/contract';

export type { Contract };

/** A column of the feed: how its header is called and what a cell may hold. */
export interface Column {
  /** The header, lower case. */
  readonly header: string;
  readonly type: 'date' | 'yearmonth' | 'decimal' | 'string';
  readonly requiredHeader: boolean;
  readonly nullable: boolean;
  readonly emptyAllowed: boolean;
  /** The most characters a string may have. */
  readonly maxLength: number | null;
  /** The most digits before the decimal point. */
  readonly integerDigits: number;
  /** The digits after the decimal point that the table keeps. */
  readonly scale: number;
  /** The least number allowed, as decimal text. */
  readonly minimum: string | null;
  /** The values allowed, where they are a closed list. */
  readonly allowed: readonly string[] | null;
}

/** A feed's columns in the order of its contract. */
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
