"""Ends this process when the one that started it is gone, however that went."""

import os
import signal
import sys
import threading


def hold() -> None:
    """Watch standard input, which the parent keeps open: its end means that the parent has ended."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
