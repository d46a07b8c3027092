"""Processes files many times with the job's code on a busy machine, and prints the results as JSON lines.

    judge_often.py FOLDER BLOCK_BYTES LIMIT TIMES

Each line contains a file's name and its distinct results. Other processes and threads use the CPU at the same time.
Bytes arrive and rows are checked at a changing pace. So pyarrow's threads are sometimes far ahead of the job's thread,
and sometimes not.
"""

import io
import json
import random
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any
from unittest.mock import patch

from centflow_glue.limits import ReadLimits
from centflow_glue.load import load_version
from centflow_glue.rows.validate import CheckedBatch, validate
from judge_files import judge

# How long a Python thread runs before another thread may run.
SWITCH_SECONDS = (1e-6, 1e-4, 5e-4)
PAUSE_SECONDS = 1e-3
BUSY_PROCESSES = 2
# A program that uses the CPU at random moments: it works for about two milliseconds, then pauses for up to eight. The
# pauses leave most of the CPU to the tests of other packages. The program ends when its parent process ends.
BUSY = """
import os, random, time
parent = os.getppid()
while os.getppid() == parent:
    sum(range(200_000))
    time.sleep(random.random() * 8e-3)
"""


class _Paces:
    """Adds random pauses to the reading of bytes and the checking of rows."""

    def __init__(self, seed: str) -> None:
        self._chance = random.Random(seed)
        self._reading = self._checking = 0.0

    def change(self) -> None:
        """Chooses new shares of reads and checks that pause."""
        sys.setswitchinterval(self._chance.choice(SWITCH_SECONDS))
        self._reading, self._checking = self._chance.choice([(0.0, 0.0), (0.5, 0.0), (0.0, 0.8), (0.5, 0.8)])

    def stream(self, body: bytes) -> io.BytesIO:
        """Returns a file's bytes as a stream that sometimes pauses before a read."""
        paces = self

        class Stream(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                paces._pause(paces._reading)
                return super().read(size)

        return Stream(body)

    def validate(self, *arguments: Any) -> CheckedBatch:
        """Runs the job's checks, sometimes after a pause."""
        self._pause(self._checking)
        return validate(*arguments)

    def _pause(self, share: float) -> None:
        if self._chance.random() < share:
            time.sleep(self._chance.random() * PAUSE_SECONDS)


def outcomes(path: Path, feed: str, block_bytes: int, limits: ReadLimits, times: int) -> list[object]:
    """Processes one file `times` times and returns its distinct results."""
    body = path.read_bytes()
    paces = _Paces(path.name)
    found: dict[str, object] = {}
    with patch.object(load_version, "validate", paces.validate):
        for _ in range(times):
            paces.change()
            outcome = judge(path.name, feed, partial(paces.stream, body), len(body), block_bytes, limits, io.BytesIO())
            found[json.dumps(outcome)] = outcome
    return list(found.values())


def main(folder: str, block_bytes: str, limit: str, times: str) -> None:
    """Prints the results of every file of a folder."""
    done = Event()

    def be_busy() -> None:
        while not done.is_set():
            sum(range(3000))
            time.sleep(1e-4)

    busy = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(BUSY_PROCESSES)]
    thread = Thread(target=be_busy)
    thread.start()
    try:
        limits = ReadLimits(expanded_bytes=int(limit))
        for path in sorted(Path(folder).iterdir()):
            found = outcomes(path, path.name.split("-", 1)[0], int(block_bytes), limits, int(times))
            sys.stdout.write(json.dumps({"file": path.name, "outcomes": found}) + "\n")
    finally:
        done.set()
        thread.join()
        for process in busy:
            process.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
