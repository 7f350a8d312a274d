"""Run a command and write down what it took, everything it ever started included.

``python bench/spent.py FIGURES.json COMMAND…``: processes that the command leaves behind (Ansible's
connection daemons) come to us instead of init, are ended when the command has, and are counted. Linux only.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
PATIENCE_SECONDS = 5.0


def children() -> list[int]:
    """Processes whose parent we are now."""
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


def reap_what_is_left() -> int:
    """End what the command left behind; how many there were."""
    ended, asked, until = 0, set[int](), time.monotonic() + PATIENCE_SECONDS
    while left := children():
        late = time.monotonic() > until
        for pid in left:
            if late or pid not in asked:
                asked.add(pid)
                os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
        pid, _ = os.waitpid(-1, os.WNOHANG)
        ended += bool(pid)
        if not pid:
            time.sleep(0.02)
    return ended


def main() -> int:
    """The command's own exit code."""
    figures, *command = sys.argv[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no child subreaper")
    begun = time.perf_counter()
    code = subprocess.run(command, check=False).returncode
    wall = time.perf_counter() - begun
    left = reap_what_is_left()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024, "left": left}
    Path(figures).write_text(json.dumps(told), "utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
