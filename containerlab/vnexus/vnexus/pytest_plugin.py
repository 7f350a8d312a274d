"""For tests of those who automate NX-OS: fixtures that pytest finds by itself once vnexus is installed.

``nexus`` is a switch of its own for each test; ``vnexus_lab`` starts a lab file. Nothing of vnexus is loaded
before a test asks for one of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vnexus.lab import Lab
    from vnexus.testing import Switch
    from vnexus.topology import Topology

MARKER = "nexus(profile, model, startup): which switch the fixture 'nexus' is, and its configuration"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def nexus(request: pytest.FixtureRequest) -> Iterator[Switch]:
    """A fresh switch on free ports of 127.0.0.1: an N9K of release 10, unless the marker says otherwise.

    ``@pytest.mark.nexus(profile="n7k-7.3", model="N7K-C7009", startup=("feature lldp",))``
    """
    from vnexus.testing import Switch, one_switch  # noqa: PLC0415 - pytest loads this module for everybody

    marker = request.node.get_closest_marker("nexus")
    wanted = dict(marker.kwargs) if marker else {}
    wanted["startup"] = tuple(wanted.get("startup", ()))
    with one_switch(**wanted) as (lab, node):
        yield Switch(lab, node)


@pytest.fixture
def vnexus_lab(request: pytest.FixtureRequest) -> Iterator[Callable[[Topology | Path | str], Lab]]:
    """``vnexus_lab("lab.yaml")`` starts a lab file, or a Topology, until the test is over.

    A path that is not absolute is meant from the test's own folder. Ports are free ones:
    ``vnexus.testing.Switch(lab, node)`` tells them.
    """
    from vnexus.testing import running  # noqa: PLC0415 - see above
    from vnexus.topology import Topology, load_topology  # noqa: PLC0415 - see above

    with ExitStack() as stack:

        def start(wanted: Topology | Path | str) -> Lab:
            if not isinstance(wanted, Topology):
                wanted = load_topology(request.path.parent / wanted, os.environ)
            return stack.enter_context(running(wanted))

        yield start
