"""What the job makes of files, as JSON lines: the other side of the preview's agreement test.

    judge_files.py FOLDER BLOCK_BYTES

Reads, checks and counts each file of the folder by the job's own code, as `load_upload` does but for MySQL; by the
contract that its name begins with (`expenses-…`), in the order of their names.
"""

import csv
import io
import json
import sys
import tempfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from centflow_glue.contract import Contract, load_contracts
from centflow_glue.load import (
    LARGE_BLOCK_BYTES,
    QUARANTINE_LIMIT,
    TooManyBadRowsError,
    _Producer,
    _QuarantineFile,
)
from centflow_glue.object_key import parse_object_key
from centflow_glue.read import CsvReader, ReadLimits, RecordTooLongError
from centflow_glue.rejection import UploadRejectedError
from centflow_glue.summaries import SUMMARY_LIMITS, RunningSummaries

# As the test gives the preview.
LIMITS = ReadLimits(expanded_bytes=16 << 20)

csv.field_size_limit(1 << 30)


def judge(path: Path, feed: str, block_bytes: int) -> dict[str, Any]:
    """One file, with the block that its longest record needs."""
    contracts = load_contracts()
    try:
        parsed = parse_object_key(f"raw/{feed}/{path.name}", contracts)
        for size in (block_bytes, LARGE_BLOCK_BYTES):
            try:
                stream = io.BytesIO(path.read_bytes())
                return count(CsvReader(stream, contracts[feed], parsed.compressed, LIMITS, size), contracts[feed])
            except RecordTooLongError:
                continue
    except UploadRejectedError as error:
        return {"rejected": {"code": error.code, "reason": error.reason}}
    return {"rejected": {"code": "record_too_long"}}


def count(reader: CsvReader, contract: Contract) -> dict[str, Any]:
    """The rows of one file, as the job counts them, and what it would load."""
    out = io.BytesIO()
    with tempfile.TemporaryFile("w+b") as file:
        quarantine = _QuarantineFile(file, 0)
        producer = _Producer(reader, 0, quarantine, RunningSummaries(contract, SUMMARY_LIMITS))
        producer.write_rows(out)
        kept = io.BytesIO()
        quarantine.copy(kept, whole=False)
    tally = producer.tally
    rejected = {}
    if tally.quarantined > tally.read * QUARANTINE_LIMIT:
        assert quarantine.first is not None
        reason = TooManyBadRowsError(tally, quarantine.first).reason
        rejected = {"rejected": {"code": "too_many_bad_rows", "reason": reason}}
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
        **loaded(out, contract),
    }


def loaded(out: io.BytesIO, contract: Contract) -> dict[str, Any]:
    """Of the rows that MySQL would take: sums by month and currency, and how often each fingerprint comes."""
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
    """The records of a CSV that the job wrote."""
    return csv.reader(io.StringIO(file.getvalue().decode(), newline=""))


def main(folder: str, block_bytes: str) -> None:
    """Judge every file of a folder."""
    for path in sorted(Path(folder).iterdir()):
        feed = path.name.split("-", 1)[0]
        sys.stdout.write(json.dumps({"file": path.name, **judge(path, feed, int(block_bytes))}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
