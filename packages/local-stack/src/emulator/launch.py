"""Starts ministack for Centflow: only on loopback, with S3 and queues on disk, and with Glue runs in a real Spark.

emulator.ts passes the folder, the ports and the socket as environment variables.
"""

import faulthandler
import os
import signal

import alarms
import bucket_settings
import contract
import glue_runs
import guard
import job_role
import lifeline
import log_streams
import prefix_lists
import queue_batches
import queue_moves
import rds_instances
import refusals
import user_pools
import version_listing
from ministack import app

# Only these services keep their state across restarts. All other resources are created again at each start.
KEPT_SERVICES = {"s3", "sqs"}


def main() -> None:
    """Run the emulator until SIGTERM, or until its parent process has ended."""
    # `kill -USR1` writes the stack of every thread to the log.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    contract.check()
    glue_runs.install(os.environ["CENTFLOW_SPARK_SOCKET"])
    queue_batches.install()
    bucket_settings.install()
    # Only a rehearsal sets these variables. They are removed, because Lambdas inherit the environment.
    if inventory_file := os.environ.pop("CENTFLOW_INVENTORY", None):
        # This module imports EC2, which would delay `npm start`, so it is imported only in a rehearsal.
        import inventory

        inventory.install(inventory_file)
    if credentials_file := os.environ.pop("CENTFLOW_JOB_CREDENTIALS", None):
        job_role.install(credentials_file)
    if server_file := os.environ.pop("CENTFLOW_RDS_SERVER", None):
        rds_instances.install(rds_instances.Server.read(server_file))
        prefix_lists.install()
        version_listing.install()
        log_streams.install()
        alarms.install()
        user_pools.install()
        queue_moves.install()
    if port := os.environ.pop("CENTFLOW_GUARDED_PORT", None):
        app.app = guard.wrap(app.app, os.environ["AWS_SECRET_ACCESS_KEY"], int(port))
    if refusals_file := os.environ.pop("CENTFLOW_EMULATOR_REFUSALS", None):
        app.app = refusals.wrap(app.app, refusals_file)
    app._state_map = {name: module for name, module in app._state_map.items() if name in KEPT_SERVICES}
    lifeline.hold()
    app.main()


if __name__ == "__main__":
    main()
