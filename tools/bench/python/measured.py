"""Measures and reports: every program here ends with one line of JSON on standard output, which the benchmark reads."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Stopwatch:
    """The seconds that a block took; 0 until the block has ended."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure the block by the wall clock."""
    watch = Stopwatch()
    started = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - started


def report(**figures: object) -> None:
    """Print the figures."""
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()
