import os
import subprocess
import sys

import boto3
from stack import REPOSITORY, Bucket, Stack, fetch, tool_paths

CSV = b"date,merchant,category,account,amount,currency,description\n2026-01-02,Bakery,Food,Card,4.20,EUR,\n"


def test_a_run_reads_its_region_from_the_arn_of_the_secret(stack: Stack, database: str, bucket: Bucket):
    secret = boto3.client("secretsmanager").describe_secret(SecretId=stack.secret_id)
    key = "raw/expenses/owner=region/a.csv"
    boto3.client("s3").put_object(Bucket=bucket.name, Key=key, Body=CSV)
    environment = {
        name: value for name, value in os.environ.items() if name not in ("AWS_REGION", "AWS_DEFAULT_REGION")
    }
    environment |= {
        # A configuration file on this machine must not set a region.
        "AWS_CONFIG_FILE": os.devnull,
        "JAVA_HOME": tool_paths().get("javaHome", environment.get("JAVA_HOME", "")),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_SUBMIT_ARGS": "--master local[1] --conf spark.ui.enabled=false pyspark-shell",
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    job = [sys.executable, "job.py", "--keys-from", "sweep", "--bucket", bucket.name]
    subprocess.run([*job, "--database-secret", secret["ARN"]], cwd=REPOSITORY / "glue", env=environment, check=True)
    with stack.connect(stack.admin) as connection:
        uploads = fetch(connection, "SELECT state, reason FROM uploads WHERE object_key = %s", (key,))
    assert uploads == [{"state": "published", "reason": None}]
