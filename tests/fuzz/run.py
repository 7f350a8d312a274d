"""A long fuzz of the decoders: ``python tests/fuzz/run.py [MINUTES] [--atheris [--streams|--syslog]]``.

The laws of ``test_fuzz_*.py`` with new random examples until the time is over. With ``--atheris`` instead
by coverage (``pip install atheris``), of the SNMP engine, the streams or syslog; what reaches new code is
kept in ``corpus``, which every test run reads.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EXAMPLES = 2000
"""Per law and round."""
LONGEST = 2048
"""Bytes of an example for atheris."""
PARTS = {"streams": ["streaming", "gnmi", "mdt"], "syslog": ["syslog"], "snmp": ["snmp"]}
"""Packages of the collector by what is fuzzed."""


def main() -> int:
    """0 when every law held."""
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    minutes = float(words[0]) if words else 5.0
    if "--atheris" in sys.argv:
        return by_coverage(minutes)
    return by_chance(minutes)


def by_chance(minutes: float) -> int:
    """Rounds of hypothesis."""
    environment = {**os.environ, "MOULIN_FUZZ": str(EXAMPLES)}
    files = sorted(str(file) for file in HERE.glob("test_fuzz_*.py"))
    end, rounds = time.monotonic() + 60 * minutes, 0
    while time.monotonic() < end:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--timeout", "0", *files],
            env=environment,
            cwd=ROOT,
            check=False,
        )
        if done.returncode:
            return done.returncode
        rounds += 1
    print(f"{rounds} rounds of {EXAMPLES} examples per law: every law held")
    return 0


def by_coverage(minutes: float) -> int:
    """One process of atheris; libFuzzer ends it, so that it does not come back."""
    import atheris  # optional

    sys.path.insert(0, str(ROOT))
    what = next((word for word in PARTS if f"--{word}" in sys.argv), "snmp")
    parts = PARTS[what]
    with atheris.instrument_imports(include=[*(f"agent.collect.{part}" for part in parts), "tests.fuzz"]):
        target = importlib.import_module(f"tests.fuzz.{what.removesuffix('s')}_target")

    corpus = HERE / "corpus" / what
    flags = [f"-max_total_time={int(60 * minutes)}", f"-max_len={LONGEST}", "-timeout=5", "-rss_limit_mb=512"]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], target.read)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
