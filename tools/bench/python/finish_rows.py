"""Converts a CSV of expenses to finished rows in a file that a plain MySQL client can load.

The file has the columns of the table in the order of `columns.py`. The job's own code checks the rows and computes the
fingerprints. The time for this preparation is not measured.
"""

import argparse
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
from centflow_glue.contract import load_contracts
from centflow_glue.limits import ReadLimits
from centflow_glue.rows.fingerprint import compute_fingerprints
from centflow_glue.rows.read import CsvReader
from centflow_glue.rows.validate import validate
from columns import FINISHED
from expenses import csv_chunks
from measured import report

UPLOAD_ID = 1


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", type=Path, required=True)
    arguments = parser.parse_args()
    contract = load_contracts()["expenses"]
    source = io.BytesIO(b"".join(csv_chunks(arguments.rows, arguments.seed)))
    reader = CsvReader(source, contract, compressed=False, limits=ReadLimits())
    options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
    written = 0
    with arguments.file.open("wb") as out:
        for batch in reader.batches():
            rows = validate(batch, reader.header, contract).rows
            finished = rows.append_column("fingerprint", compute_fingerprints(rows, contract))
            finished = finished.append_column("upload_id", pa.repeat(pa.scalar(UPLOAD_ID), rows.num_rows))
            pa_csv.write_csv(finished.select(FINISHED), out, options)
            written += rows.num_rows
    report(rows=written, bytes=arguments.file.stat().st_size)


if __name__ == "__main__":
    main()
