"""Runs `npm start` in a separate folder for chaos, and finds the processes that `npm start` has started."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pymysql
from botocore.config import Config
from pymysql.connections import Connection
from pymysql.cursors import DictCursor
from stack import REPOSITORY, tool_paths

# Parts of the command line that identify the processes of a stack.
PARTS = {
    "mysqld": "/bin/mysqld",
    "emulator": "emulator/launch.py",
    "Lambda worker": "/_worker.js",
    "Spark driver": "emulator/spark_worker.py",
    "JVM": "/bin/java",
    "Python worker": "pyspark.daemon",
    "console": "apps/console/api/local/main.ts",
    "npm start": "apps/cli/src/main.ts start",
}
RUN_DIR = "CENTFLOW_RUN_DIR"
# The kernel sends the signal when the parent dies: https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html.
GUARD = ("setpriv", "--pdeathsig", "TERM")


@dataclass(frozen=True)
class Process:
    """A process of the stack.

    Attributes:
        pid: The process id.
        part: One of `PARTS`, or `other`.
        command_line: The command line, for messages.
    """

    pid: int
    part: str
    command_line: str


class LocalStack:
    """The local stack, started by `npm start`.

    Attributes:
        folder: The folder with all files of the stack.
        log: The file with the output of the stack.
        starts: How often the stack was started.
    """

    def __init__(self, folder: Path, log: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.log = log
        self.starts = 0
        node = tool_paths()["node"]
        self._command = [node, "--disable-warning=ExperimentalWarning", str(REPOSITORY / "apps/cli/src/main.ts")]
        self._environment = {
            **os.environ,
            **environment,
            RUN_DIR: str(folder),
            "CENTFLOW_MYSQL_URL": "",
            "PATH": os.pathsep.join([str(Path(node).parent), os.environ["PATH"]]),
            # The set-up uses the same cache folder.
            "NODE_COMPILE_CACHE": str(REPOSITORY / ".local" / "cache" / "node"),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def has_ended(self) -> bool:
        """Whether the stack was never started or has ended."""
        return self._process is None or self._process.poll() is not None

    @property
    def exit_code(self) -> int | None:
        """The exit code of the last start; None while the stack runs."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Starts the stack without waiting until it is ready."""
        self.starts += 1
        with self.log.open("ab") as output:
            output.write(f"\n--- start {self.starts}\n".encode())
            output.flush()
            self._process = subprocess.Popen(
                [*GUARD, *self._command, "start"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C in the terminal must reach only chaos itself. Chaos then stops the stack.
                start_new_session=True,
            )

    def stop(self, within_s: float) -> int | None:
        """Stops the stack as Ctrl-C does. Returns its exit code, or None if it had to be killed."""
        if self._process is None:
            return None
        self._process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(within_s)
        self.kill_all()
        return None

    def kill_all(self) -> None:
        """Kills all remaining processes."""
        for process in self.processes():
            send(process.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def processes(self) -> list[Process]:
        """Returns the running processes, without zombies."""
        return list(self._processes())

    def processes_left(self, within_s: float) -> list[Process]:
        """Returns the processes that are still running a few seconds after the stack was stopped."""
        deadline = time.monotonic() + within_s
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left

    def centflow(self, *arguments: str, within_s: float = 300) -> subprocess.CompletedProcess[str]:
        """Runs a command of `npm run centflow --`."""
        return subprocess.run(
            [*self._command, "centflow", *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within_s,
        )

    def last_lines(self, number: int = 15) -> str:
        """Returns the last lines of the log."""
        return "\n".join(self.log.read_text("utf-8", "replace").rstrip().splitlines()[-number:])

    def reason_of_end(self) -> str:
        """Returns the printed reason why the last start ended.

        Without a printed reason, returns the last lines of the log.
        """
        last_start = self.log.read_text("utf-8", "replace").rpartition("\n--- start ")[2]
        reasons = [line for line in last_start.splitlines() if "Error: " in line or "cannot be kept alive" in line]
        return reasons[-1] if reasons else self.last_lines(2)

    def variables(self, name: str = "env") -> dict[str, str] | None:
        """Returns the variables that the stack writes for its clients; None while the stack does not run."""
        try:
            lines = (self.folder / name).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return None
        return dict(line.split("=", 1) for line in lines if "=" in line) or None

    def client(self, service: str) -> Any | None:
        """Returns a client with short time-outs; None while the stack does not run."""
        found = self.variables()
        if found is None:
            return None
        return boto3.client(
            service,
            endpoint_url=found["AWS_ENDPOINT_URL"],
            region_name=found["AWS_REGION"],
            aws_access_key_id=found["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=found["AWS_SECRET_ACCESS_KEY"],
            config=Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 2}),
        )

    def connect(self) -> Connection:
        """Opens a connection that may read every table."""
        found = self.variables("secrets.env")
        assert found is not None, "the stack does not run"
        url = found["DATABASE_ADMIN_URL"].removeprefix("mysql://")
        account, _, place = url.rpartition("@")
        user, _, password = account.partition(":")
        address, _, database = place.partition("/")
        host, _, port = address.partition(":")
        return pymysql.connect(
            host=host,
            port=int(port),
            user=user,
            password=password,
            database=database,
            charset="utf8mb4",
            cursorclass=DictCursor,
            autocommit=True,
            init_command="SET time_zone = '+00:00'",
        )

    def _processes(self) -> Iterator[Process]:
        marker = f"{RUN_DIR}={self.folder}".encode()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            try:
                if marker not in (entry / "environ").read_bytes().split(b"\0"):
                    continue
                command_line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if not command_line:
                continue
            part = next((part for part, text in PARTS.items() if text in command_line), "other")
            yield Process(int(entry.name), part, command_line[:160])


def send(pid: int, signal_number: int) -> None:
    """Sends a signal to a process that may have ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal_number)


def parts_present(processes: Sequence[Process]) -> list[str]:
    """Returns the parts with a running process, in the order of `PARTS`."""
    present = {process.part for process in processes}
    return [part for part in PARTS if part in present]
