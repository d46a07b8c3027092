"""A warm Spark that runs the Glue job: one session with a thread for each run, so that runs overlap as on Glue.

Each connection to the Unix socket is one run. The client sends a line `{"runId": …, "argv": […]}`. The worker sends
`{"state": "RUNNING"}` and then `{"state": …, "message": …}`. If the second line is missing, the process was killed
during the run. If the first line is missing, the run has not begun. The worker answers `ping` with `pong` after a
successful call to Java.
"""

import json
import logging
import os
import runpy
import socketserver
import sys
import threading
import time
import traceback

import lifeline
from pyspark import InheritableThread, SparkContext
from spark_session import archive_options, start_session

logger = logging.getLogger("centflow.spark_worker")

# Glue starts the job's script. The script imports the package from the first entry of PYTHONPATH.
run_job = runpy.run_path(os.environ["CENTFLOW_JOB_SCRIPT"])["main"]


class Run(socketserver.StreamRequestHandler):
    """One job run."""

    def handle(self) -> None:
        """Run the job and send its final state."""
        line = self.rfile.readline()
        if not line:
            return
        if line == b"ping\n":
            SparkContext._jvm.java.lang.System.currentTimeMillis()
            self.wfile.write(b"pong\n")
            return
        request = json.loads(line)
        self.wfile.write(b'{"state": "RUNNING"}\n')
        started = time.monotonic()
        logger.info("run %s begins", request["runId"])
        try:
            run_job(request["argv"])
            state, message = "SUCCEEDED", ""
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            state, message = "FAILED", f"{type(error).__name__}: {error}"
        logger.info("run %s %s after %.2f s", request["runId"], state, time.monotonic() - started)
        self.wfile.write(json.dumps({"state": state, "message": message}).encode() + b"\n")


class Server(socketserver.ThreadingUnixStreamServer):
    """Accepts runs, each in a thread with its own Spark properties."""

    daemon_threads = True
    request_queue_size = 64

    def process_request(self, request: object, client_address: object) -> None:
        """Handle the request like the base class, but in an `InheritableThread`, which has its own Spark properties."""
        InheritableThread(target=self.process_request_thread, args=(request, client_address), daemon=True).start()


def _end_with_java() -> None:
    """End this process when Java ends. The supervisor then restarts both, because no run can succeed without Java."""
    code = SparkContext._gateway.proc.wait()
    logger.error("Java ended with code %s", code)
    os._exit(1)


def main() -> None:
    """Serve runs until SIGTERM, or until the parent process has ended."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    lifeline.hold()
    path = os.environ["CENTFLOW_SPARK_SOCKET"]
    memory = os.environ.get("CENTFLOW_SPARK_MEMORY", "2g")
    start_session(memory, os.environ["CENTFLOW_SPARK_DIR"], archive_options())
    threading.Thread(target=_end_with_java, name="java", daemon=True).start()
    if os.path.exists(path):
        os.unlink(path)
    with Server(path, Run) as server:
        # The supervisor treats this line as "ready".
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    main()
