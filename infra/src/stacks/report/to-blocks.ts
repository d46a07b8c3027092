/**
 * Converts QuickSight's own JSON into the provider's blocks: snake_case names, a list for every block, a few other names.
 *
 * CDKTF has no types for these blocks. The AWS SDK types the JSON, and Terraform rejects a name that the provider does not have:
 * test/plans.test.ts plans every stack with the real provider.
 */

/** The parts that the provider names differently from the API, as `<member of the API>` or `<outer member>.<member>`. */
const renamed: Readonly<Record<string, string>> = {
  DataSetIdentifierDeclarations: 'data_set_identifiers_declarations',
  'FormatConfiguration.FormatConfiguration': 'numeric_format_configuration',
  'NumberFormatConfiguration.FormatConfiguration': 'numeric_format_configuration',
  ValueWhenUnset: 'values_when_unset',
};

/** Whole numbers that the provider stores as strings, to distinguish 0 from a missing value. */
const numbersAsText = ['ColumnIndex', 'RowIndex'];

/** Converts `KPIVisual` to `kpi_visual`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Converts a structure of the API to a block of the provider. Omits undefined values and empty lists, because the
 * provider reads nothing back for an empty list.
 *
 * @param outer the member of the API that holds the structure
 */
export function toBlock(structure: object, outer = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(structure)
      .filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0))
      .map(([name, value]: [string, unknown]) => [
        renamed[`${outer}.${name}`] ?? renamed[name] ?? snakeCase(name),
        toValue(value, name),
      ]),
  );
}

function toValue(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => (isStructure(item) ? toBlock(item, name) : item));
  if (isStructure(value)) return [toBlock(value, name)];
  return numbersAsText.includes(name) ? String(value) : value;
}

function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
