"""Loads rows with Spark's JDBC writer and rewriteBatchedStatements, in a running session with two cores."""

import pyspark
from columns import FINISHED
from measured import report, stopwatch
from pyspark.sql import DataFrame, DataFrameWriter, SparkSession
from pyspark.sql import functions as F  # noqa: N812
from target import Target, parse_target

DRIVER = "com.mysql:mysql-connector-j:8.4.0"
BATCH_ROWS = 5000
PARTITIONS = 2


def main() -> None:
    """Appends the rows, and reports the seconds. Spark reads the file meanwhile, so the seconds include the reading."""
    target = parse_target(__doc__)
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars.packages", DRIVER)
        .config("spark.driver.memory", "2g")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    schema = ", ".join(f"`{name}` string" for name in FINISHED)
    rows = spark.read.csv(str(target.file), schema=schema, emptyValue=None).select(
        F.col("upload_id").cast("long"),
        F.col("row_no").cast("long"),
        F.col("date").cast("date"),
        *("merchant", "category", "account"),
        F.col("amount").cast("decimal(19,4)"),
        "currency",
        F.coalesce("description", F.lit("")).alias("description"),
        *("country", "city", "transaction_id"),
        F.unhex("fingerprint").alias("fingerprint"),
        F.lit(0).alias("shadowed"),
    )
    # Java loads and compiles its classes while it writes these rows. They are not measured, and are deleted afterwards.
    _writer(rows.limit(1000), target).mode("append").save()
    with stopwatch() as watch:
        _writer(rows.repartition(PARTITIONS), target).mode("overwrite").option("truncate", "true").save()
    report(rows=rows.count(), seconds=watch.seconds, version=pyspark.__version__)


def _writer(rows: DataFrame, target: Target) -> DataFrameWriter:
    return (
        rows.write.format("jdbc")
        .option(
            "url",
            f"jdbc:mysql://{target.host}:{target.port}/{target.database}?rewriteBatchedStatements=true&useSSL=false"
            "&allowPublicKeyRetrieval=true",
        )
        .option("driver", "com.mysql.cj.jdbc.Driver")
        .option("user", target.user)
        .option("password", target.password)
        .option("dbtable", target.table)
        .option("batchsize", BATCH_ROWS)
    )


if __name__ == "__main__":
    main()
