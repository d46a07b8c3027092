"""Reads finished rows as Arrow tables with the types of the MySQL table, for libraries that load tables."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
from columns import FINISHED, NULLABLE

TYPES = {"upload_id": pa.int64(), "row_no": pa.int64(), "date": pa.date32(), "amount": pa.decimal128(19, 4)}


def read_finished(file: Path) -> pa.Table:
    """Returns the rows of the file, with fingerprints as bytes."""
    types = {name: TYPES.get(name, pa.string()) for name in FINISHED}
    table = pa_csv.read_csv(
        file,
        read_options=pa_csv.ReadOptions(column_names=list(FINISHED)),
        convert_options=pa_csv.ConvertOptions(
            column_types=types, strings_can_be_null=True, null_values=[""], quoted_strings_can_be_null=False
        ),
    )
    for name in set(FINISHED) - set(NULLABLE):
        if types[name] == pa.string():
            table = table.set_column(table.schema.get_field_index(name), name, table[name].fill_null(""))
    binary = pa.array([bytes.fromhex(text) for text in table["fingerprint"].to_pylist()], pa.binary())
    return table.set_column(table.schema.get_field_index("fingerprint"), "fingerprint", binary)
