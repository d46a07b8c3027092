"""Writes an archive of Spark's classes, parsed and verified by Java. The archive halves Spark's start time.

Usage: spark_classes.py <archive> <scratch folder>

Java writes the archive when its process ends. The script therefore runs a small job that loads the classes, and then
ends Java.
"""

import os
import sys

from pyspark import SparkContext
from spark_session import start_session


def main(archive: str, scratch_folder: str) -> None:
    """Run one small job, and wait until Java has written the archive."""
    unfinished = f"{archive}.unfinished"
    session = start_session("1g", scratch_folder, [f"-XX:ArchiveClassesAtExit={unfinished}", "-Xlog:cds*=error"])
    numbers = session.sparkContext.parallelize(range(2), 2).mapPartitions(list).collect()
    if numbers != [0, 1]:
        raise RuntimeError(f"Spark returned {numbers} instead of [0, 1]")
    java = SparkContext._gateway.proc
    session.stop()
    # Java ends when its standard input ends.
    java.stdin.close()
    java.wait()
    if not os.path.exists(unfinished):
        raise RuntimeError("Java wrote no archive. See the messages of Java above.")
    os.replace(unfinished, archive)


if __name__ == "__main__":
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    main(*sys.argv[1:])
