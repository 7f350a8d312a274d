"""``pytest tests/chaos --chaos-cases 400 [--chaos-first 1000]``: how many seeds, and where to begin."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FEW = 6
MORE_FROM = 3000
"""Where seeds begin in whose stories more can happen."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--chaos-cases", type=int, default=FEW, help="seeded cases of tests/chaos")
    parser.addoption("--chaos-first", type=int, default=None, help="first seed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        first = metafunc.config.getoption("--chaos-first", default=None)
        count = metafunc.config.getoption("--chaos-cases", default=FEW)
        begins = (0, MORE_FROM) if first is None else (first,)
        seeds = [seed for begin in begins for seed in range(begin, begin + count)]
        metafunc.parametrize("seed", dict.fromkeys([*metafunc.module.FAILED_ONCE, *seeds]))


@pytest.fixture
def grounds() -> Callable[[str, Path], Any]:
    """The ground of ``tests/sim/guard``, which stands in a conftest of its own."""
    file = Path(__file__).parents[1] / "sim" / "guard" / "conftest.py"
    if "guard_ground" not in sys.modules:
        spec = importlib.util.spec_from_file_location("guard_ground", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["guard_ground"] = module
        spec.loader.exec_module(module)
    return sys.modules["guard_ground"].ground_of  # type: ignore[no-any-return]
