"""A long fuzz of all that reads what strangers send: ``python containerlab/vnexus/fuzz/run.py [MINUTES]``.

The same laws as in the normal test run (``tests/test_fuzz_*.py``), with new random examples until the time is
over. What hypothesis finds is kept in ``fuzz/corpus`` and tried first in the next run; a finding becomes an
``@example`` or a parameter of the test.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = 400
"""Per law and round."""


def main() -> int:
    """0 when every law held, else what pytest said."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    end = time.monotonic() + 60 * minutes
    environment = {
        **os.environ,
        "VNEXUS_FUZZ": str(EXAMPLES),
        "HYPOTHESIS_STORAGE_DIRECTORY": str(HERE / "corpus"),
    }
    files = sorted(str(file) for file in (HERE.parent / "tests").glob("test_fuzz_*.py"))
    rounds = 0
    while time.monotonic() < end:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--timeout", "0", *files], env=environment, check=False
        )
        if done.returncode:
            return done.returncode
        rounds += 1
    print(f"{rounds} rounds of {EXAMPLES} examples per law: every law held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
