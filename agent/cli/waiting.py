"""Waiting for a person or a supervisor to say stop."""

from __future__ import annotations

import signal
import threading
from types import FrameType


def await_stop() -> None:
    """Return at Ctrl-C or SIGTERM; what was open is then closed in order by the caller."""
    stop = threading.Event()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
