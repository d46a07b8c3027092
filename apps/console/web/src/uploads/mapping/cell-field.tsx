import type { MappedCell } from '@centflow/preview';
import { Group, Select, TextInput } from '@mantine/core';
import type { Field } from './mapping-fields.ts';

interface Props {
  readonly field: Field;
  readonly columns: readonly string[];
  readonly value: MappedCell | null;
  readonly problem: string | null;
  readonly onValue: (value: MappedCell | null) => void;
}

/** The value of the option for a constant text. No column can have this name. */
const always = '\u0000always';

/** Lets people choose the source of a target column: a column of the bank's file, or the same text in every row. */
export function CellField({ field, columns, value, problem, onValue }: Props) {
  const { label, hint, constant, required } = field;
  const isConstant = value !== null && 'constant' in value;
  const chosen = value === null ? null : 'constant' in value ? always : value.column === '' ? null : value.column;
  return (
    <Group gap="sm" align="flex-end" wrap="nowrap" grow>
      <Select
        label={label}
        {...(hint === undefined ? {} : { description: hint })}
        placeholder={required ? 'Choose a column' : 'None'}
        withAsterisk={required}
        searchable
        clearable={!required}
        data={[
          ...columns.map((name) => ({ value: name, label: name })),
          ...(constant ? [{ value: always, label: 'The same in every row…' }] : []),
        ]}
        value={chosen}
        error={isConstant ? null : problem}
        onChange={(name) => onValue(name === null ? null : name === always ? { constant: '' } : { column: name })}
      />
      {isConstant ? (
        <TextInput
          aria-label={`${label} in every row`}
          placeholder={field.target === 'currency' ? 'EUR' : 'In every row'}
          value={value.constant}
          error={problem}
          onChange={({ currentTarget }) =>
            onValue({ constant: field.target === 'currency' ? currentTarget.value.toUpperCase() : currentTarget.value })
          }
          autoComplete="off"
        />
      ) : null}
    </Group>
  );
}
