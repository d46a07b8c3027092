"""What the job makes of files when it judges each many times on a busy machine, as JSON lines.

    judge_often.py FOLDER BLOCK_BYTES LIMIT TIMES

Each line has a file and all the different outcomes that it had. Other processes and threads take the CPU meanwhile, and
the bytes come or the rows go at a pace that changes. So pyarrow's threads are ahead of the job's to a varying degree.
"""

import io
import json
import random
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

from centflow_glue.read import ReadLimits
from judge_files import judge

# How long Python lets one thread run while another waits.
SWITCH_SECONDS = (1e-6, 1e-4, 5e-4)
PAUSE_SECONDS = 1e-3
BUSY_PROCESSES = 2
# Ends with this process, however that ends.
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(100_000))"


class _Paced(io.BytesIO):
    """Bytes that come and go at a changing pace."""

    def __init__(self, body: bytes, pauses: float, chance: random.Random) -> None:
        super().__init__(body)
        self._pauses = pauses
        self._chance = chance

    def read(self, size: int | None = -1) -> bytes:
        self._pause()
        return super().read(size)

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._pause()
        return super().write(data)

    def _pause(self) -> None:
        if self._chance.random() < self._pauses:
            time.sleep(self._chance.random() * PAUSE_SECONDS)


def outcomes(path: Path, feed: str, block_bytes: int, limits: ReadLimits, times: int) -> list[object]:
    """The different outcomes of one file."""
    body = path.read_bytes()
    chance = random.Random(path.name)
    found: dict[str, object] = {}
    for _ in range(times):
        sys.setswitchinterval(chance.choice(SWITCH_SECONDS))
        slow_reading, slow_writing = chance.choice([(0.0, 0.0), (0.3, 0.0), (0.0, 0.3), (0.3, 0.3)])

        def stream(pauses: float = slow_reading) -> io.BytesIO:
            return _Paced(body, pauses, chance)

        outcome = judge(path.name, feed, stream, block_bytes, limits, _Paced(b"", slow_writing, chance))
        found[json.dumps(outcome)] = outcome
    return list(found.values())


def main(folder: str, block_bytes: str, limit: str, times: str) -> None:
    """Judge every file of a folder."""
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
