"""Loads rows with dlt: a pipeline from an Arrow table to the SQLAlchemy destination.

The columns have the types of the MySQL table. dlt creates its table itself, with a load id and the primary key of the
feed's table.
"""

import os
import tempfile

# These variables must be set before dlt is imported. Otherwise dlt sends telemetry and reads the user's settings.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
import sqlalchemy
from frames import read_finished
from measured import report, stopwatch
from target import parse_target

LENGTHS = {
    "merchant": 128,
    "category": 64,
    "account": 64,
    "currency": 3,
    "description": 255,
    "country": 2,
    "city": 64,
    "transaction_id": 64,
}
COLUMNS = {
    **{name: {"name": name, "primary_key": True} for name in ("upload_id", "row_no")},
    **{name: {"name": name, "data_type": "text", "precision": length} for name, length in LENGTHS.items()},
    "fingerprint": {"name": "fingerprint", "data_type": "binary", "precision": 16},
}


def main() -> None:
    """Runs the pipeline, and reports the seconds excluding the time to read the file."""
    target = parse_target(__doc__)
    url = sqlalchemy.URL.create(
        "mysql+pymysql", target.user, target.password, target.host, target.port, target.database
    )
    rows = read_finished(target.file)
    with tempfile.TemporaryDirectory() as folder, stopwatch() as watch:
        pipeline = dlt.pipeline(
            pipeline_name="centflow_bench",
            pipelines_dir=folder,
            destination=dlt.destinations.sqlalchemy(
                url.render_as_string(hide_password=False), create_primary_keys=True
            ),
            dataset_name=target.database,
        )
        resource = dlt.resource(rows, name=target.table, columns=COLUMNS, write_disposition="append")
        pipeline.run(resource).raise_on_failed_jobs()
    report(rows=rows.num_rows, seconds=watch.seconds, version=dlt.__version__)


if __name__ == "__main__":
    main()
