"""Prints the job's results for the files of a folder as JSON lines, for the preview's agreement test.

    judge_files.py FOLDER BLOCK_BYTES LIMIT

Reads, checks and counts each file with the job's own code, like `load_version` but without MySQL. The beginning of a
file's name selects the contract, such as `expenses-…`. Files are processed in the order of their names.
"""

import csv
import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import IO, Any

from centflow_glue.contract import Contract, load_contracts
from centflow_glue.keys.object_key import parse_object_key
from centflow_glue.limits import SUMMARY_LIMITS, ReadLimits
from centflow_glue.load.load_version import RowWriter, find_too_many_bad_rows
from centflow_glue.load.quarantine_files import REJECTED_ROWS_KEPT, QuarantineFiles
from centflow_glue.load.running_summaries import RunningSummaries
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.rows.read import CsvReader, read_in_blocks

csv.field_size_limit(1 << 30)


def judge(
    name: str,
    feed: str,
    open_stream: Callable[[], IO[bytes]],
    stored_bytes: int,
    block_bytes: int,
    limits: ReadLimits,
    out: io.BytesIO,
) -> dict[str, Any]:
    """Returns the result of one file, read in blocks that fit its longest record. Writes good rows to `out`."""
    contracts = load_contracts()
    contract = contracts[feed]
    try:
        parsed = parse_object_key(f"raw/{feed}/{name}", contracts)
        of_file = limits.for_gzip(stored_bytes) if parsed.compressed else limits
        return read_in_blocks(
            lambda size: CsvReader(open_stream(), contract, parsed.compressed, of_file, size),
            lambda reader: count(reader, contract, out),
            block_bytes,
        )
    except UploadRejectedError as error:
        return {"rejected": {"code": error.code, "reason": error.reason}}


def count(reader: CsvReader, contract: Contract, out: io.BytesIO) -> dict[str, Any]:
    """Counts the rows of one file like the job. Writes the rows that the job would load."""
    out.seek(0)
    out.truncate()
    with QuarantineFiles(0) as quarantine:
        writer = RowWriter(reader, 0, quarantine, RunningSummaries(contract, SUMMARY_LIMITS))
        writer.write_rows(out)
        kept = io.BytesIO()
        quarantine.write_csv(kept, REJECTED_ROWS_KEPT)
        rejection = find_too_many_bad_rows(writer.tally, quarantine)
    tally = writer.tally
    rejected = {"rejected": {"code": rejection.code, "reason": rejection.reason}} if rejection else {}
    return {
        **rejected,
        "header": reader.header.names,
        "ignoredColumns": reader.header.ignored,
        "rowsRead": tally.read,
        "rowsGood": tally.good,
        "rowsQuarantined": tally.quarantined,
        "amountGood": f"{tally.amount_good:.4f}",
        "amountQuarantined": f"{tally.amount_quarantined:.4f}",
        "firstDate": tally.first_date,
        "lastDate": tally.last_date,
        "hasTransactionIds": tally.has_transaction_ids,
        "notes": tally.notes,
        "quarantined": [
            [int(row_no), column or None, code, message, raw_text]
            for _, row_no, column, code, message, raw_text in records(kept)
        ],
    }


def loaded(out: io.BytesIO, contract: Contract) -> dict[str, Any]:
    """Returns the sums by month and currency and the rows per fingerprint, counted over the rows to load."""
    columns = ["upload_id", "row_no", *[column.header for column in contract.columns], "fingerprint"]
    months: dict[tuple[str, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    fingerprints: Counter[str] = Counter()
    for cells in records(out):
        row = dict(zip(columns, cells, strict=True))
        key = (row[contract.period][:7], row[contract.currency])
        rows, amount = months[key]
        months[key] = (rows + 1, amount + Decimal(row[contract.amount]))
        fingerprints[row["fingerprint"]] += 1
    return {
        "months": [[*key, rows, f"{amount:.4f}"] for key, (rows, amount) in sorted(months.items())],
        "fingerprints": [*fingerprints.items()],
    }


def records(file: io.BytesIO) -> "csv._reader":
    """Returns the records of a CSV that the job wrote."""
    return csv.reader(io.StringIO(file.getvalue().decode(), newline=""))


def main(folder: str, block_bytes: str, limit: str) -> None:
    """Prints the result of every file of a folder."""
    limits = ReadLimits(expanded_bytes=int(limit))
    for path in sorted(Path(folder).iterdir()):
        feed = path.name.split("-", 1)[0]
        body = path.read_bytes()
        out = io.BytesIO()
        judged = judge(path.name, feed, partial(io.BytesIO, body), len(body), int(block_bytes), limits, out)
        if "rowsRead" in judged:
            judged |= loaded(out, load_contracts()[feed])
        sys.stdout.write(json.dumps({"file": path.name, **judged}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
