"""The Spark session of the local stack, for the job's worker and for the archive of Spark's classes."""

import os

from pyspark.sql import SparkSession

# Settings for two cores and a fast start. They do not change the results of the job.
SPARK_CONF = {
    # A slot is a thread. Two job runs share this Spark, and an owner uses up to two slots in each run. So two of the
    # six slots remain free for other owners. Each run divides its work as on a machine with two cores.
    "spark.master": "local[6]",
    "spark.default.parallelism": "2",
    "spark.app.name": "centflow-local",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.scheduler.mode": "FAIR",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "2",
}

JAVA_OPTIONS = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def start_session(memory: str, scratch_folder: str, java_options: list[str]) -> SparkSession:
    """Start the session that `SparkSession.builder.getOrCreate()` returns to each run.

    Args:
        memory: The size of the driver's heap in Spark's notation, such as `2g`.
        scratch_folder: The folder of Spark's temporary files.
        java_options: Additional options for the driver's Java.
    """
    builder = SparkSession.builder
    for name, value in SPARK_CONF.items():
        builder = builder.config(name, value)
    builder = builder.config("spark.driver.extraJavaOptions", " ".join([*JAVA_OPTIONS, *java_options]))
    builder = builder.config("spark.driver.memory", memory)
    builder = builder.config("spark.local.dir", scratch_folder)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("WARN")
    return session


def archive_options() -> list[str]:
    """Return options that make Java load Spark's classes from the archive. Java ignores an archive that does not match.

    See https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html.
    """
    archive = os.environ.get("CENTFLOW_SPARK_CLASSES", "")
    return [f"-XX:SharedArchiveFile={archive}", "-Xlog:cds*=error"] if os.path.exists(archive) else []
