"""Ends this process when its parent process has ended for any reason."""

import os
import signal
import sys
import threading


def hold() -> None:
    """Watch standard input, which the parent process keeps open until it ends."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
