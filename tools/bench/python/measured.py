"""Prints a program's result for the benchmark: one line of JSON on standard output."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Stopwatch:
    """The seconds that a block took; 0 until it has ended."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measures the block by the wall clock."""
    watch = Stopwatch()
    started = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - started


def report(**figures: object) -> None:
    """Prints the figures."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
