"""Causes faults on one machine, one at a time. Each fault is undone when it ends."""

import json
import os
import random
import signal
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chaos_stack import LocalStack, parts_present, send

# The parts whose clock can be set. packages/local-processes/src/supervise.ts has the same list.
CLOCK_PARTS = ("mysqld", "emulator")
# libfaketime also changes the clock that measures waits. A wait may therefore become longer by up to twice this value.
MAX_CLOCK_STEP_S = 30
# The fault `slow_database` lets mysqld run for this share of the time and pauses it otherwise.
SLOW_SHARE = 0.15
SLOW_PERIOD_S = 0.2


@dataclass(frozen=True)
class Machine:
    """The faults that this machine allows, and the files that control the faults.

    Attributes:
        refusals_file: The emulator reads from this file which requests to refuse.
        clocks_folder: Contains a file for each part whose clock can be set; None without libfaketime.
        is_small_disk: Whether the stack's folder is a separate disk that chaos may fill.
    """

    refusals_file: Path
    clocks_folder: Path | None
    is_small_disk: bool


class Faults:
    """Random faults, chosen by a seed."""

    def __init__(self, stack: LocalStack, machine: Machine, seed: int) -> None:
        self.stack = stack
        self.machine = machine
        self.random = random.Random(seed)
        self.counts: dict[str, int] = {}
        self._calm = threading.Event()

    def strike_until(self, calm: threading.Event) -> None:
        """Causes one fault after another, with short breaks, until `calm` is set."""
        self._calm = calm
        faults: list[tuple[Callable[[], str | None], int]] = [
            (self.kill, 6),
            (self.pause, 4),
            (self.slow_database, 1),
            (self.refuse_requests, 2),
        ]
        if self.machine.clocks_folder is not None:
            faults.append((self.step_clock, 1))
        if self.machine.is_small_disk:
            faults.append((self.fill_disk, 1))
        while not self._wait(self.random.uniform(0.3, 4)):
            (fault,) = self.random.choices([fault for fault, _ in faults], [weight for _, weight in faults])
            name = fault()
            if name is not None:
                self.counts[name] = self.counts.get(name, 0) + 1

    def resume_all(self) -> None:
        """Resumes all paused processes."""
        for process in self.stack.processes():
            send(process.pid, signal.SIGCONT)

    def kill(self) -> str | None:
        """Kills a random process of a part of the stack."""
        part = self._part()
        if part is None:
            return None
        pids = self._pids(part)
        if pids:
            send(self.random.choice(pids), signal.SIGKILL)
        return f"killed {part}"

    def pause(self) -> str | None:
        """Pauses all processes of a part for some seconds."""
        part = self._part()
        if part is None:
            return None
        pids = self._pids(part)
        try:
            for pid in pids:
                send(pid, signal.SIGSTOP)
            self._wait(self.random.uniform(0.5, 8))
        finally:
            for pid in pids:
                send(pid, signal.SIGCONT)
        return f"paused {part}"

    def slow_database(self) -> str:
        """Pauses and resumes MySQL several times a second, so that every query takes several times its usual time."""
        slices = int(self.random.uniform(3, 8) / SLOW_PERIOD_S)
        for _ in range(slices):
            pids = self._pids("mysqld")
            try:
                for pid in pids:
                    send(pid, signal.SIGSTOP)
                is_calm = self._wait(SLOW_PERIOD_S * (1 - SLOW_SHARE))
            finally:
                for pid in pids:
                    send(pid, signal.SIGCONT)
            if is_calm or self._wait(SLOW_PERIOD_S * SLOW_SHARE):
                break
        return "slowed mysqld"

    def refuse_requests(self) -> str:
        """Makes S3, Glue, SQS or Secrets Manager refuse a share of the requests."""
        service = self.random.choice(["s3", "s3", "glue", "sqs", "secretsmanager"])
        share = self.random.choice([0.3, 0.7, 1.0])
        file = self.machine.refusals_file
        try:
            file.write_text(json.dumps({service: share}), "utf-8")
            self._wait(self.random.uniform(1, 8))
        finally:
            file.unlink(missing_ok=True)
        return f"refused requests to {service}"

    def step_clock(self) -> str:
        """Sets the clock of one part forward or back, until the next step."""
        assert self.machine.clocks_folder is not None
        part = self.random.choice(CLOCK_PARTS)
        step = self.random.randint(-MAX_CLOCK_STEP_S, MAX_CLOCK_STEP_S)
        set_clock(self.machine.clocks_folder, part, step)
        return f"set the clock of {part}"

    def fill_disk(self) -> str:
        """Fills the stack's disk for some seconds."""
        ballast = self.stack.folder / "ballast"
        try:
            with suppress(OSError), ballast.open("wb") as file:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
            self._wait(self.random.uniform(1, 6))
        finally:
            ballast.unlink(missing_ok=True)
        return "filled the disk"

    def _part(self) -> str | None:
        """Returns a running part. `npm start` itself is chosen less often than the others."""
        present = parts_present(self.stack.processes())
        weights = [1 if part == "npm start" else 4 for part in present]
        return self.random.choices(present, weights)[0] if present else None

    def _pids(self, part: str) -> list[int]:
        return sorted(process.pid for process in self.stack.processes() if process.part == part)

    def _wait(self, seconds: float) -> bool:
        return self._calm.wait(seconds)


def set_clock(folder: Path, part: str, seconds: int) -> None:
    """Sets a part's clock ahead of or behind the machine's clock. The part reads the file again every second."""
    file = folder / part
    temporary = file.with_suffix(".new")
    temporary.write_text(f"{seconds:+d}", "utf-8")
    temporary.replace(file)


def mount_small_disk(folder: Path, megabytes: int) -> str | None:
    """Mounts a disk in memory. Returns why that failed, or None."""
    if os.geteuid() != 0:
        return "only root may mount a small disk"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "centflow-chaos", str(folder)],
        capture_output=True,
        text=True,
    )
    return None if mounted.returncode == 0 else f"mounting a small disk is refused: {mounted.stderr.strip()}"


def unmount(folder: Path) -> None:
    """Unmounts the disk and deletes its files."""
    subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)
