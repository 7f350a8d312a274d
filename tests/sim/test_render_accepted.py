"""The shipped city, typed into the virtual switch: every line is taken, and printed back as it was meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.intent.switch import Switch
from agent.plan.build import build_plan
from agent.render.env import Templates
from agent.render.quirks import POE_PORTS
from agent.render.render import render_switch
from vnexus.config.configuration import Configuration
from vnexus.config.platform import Platform
from vnexus.config.session import ConfigSession

ROOT = Path(__file__).parents[2]
SWITCHES = expand_switches(load_city(ROOT / "inventory"))
TEMPLATES = Templates(ROOT / "templates")


class _AnySecret(Mapping[str, str]):
    """A value for every name."""

    def __getitem__(self, name: str) -> str:
        return f"clear-{name}"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _fresh(switch: Switch) -> Configuration:
    profile = {"n7k": "n7k-7.3"}.get(switch.platform, "n9k-9.3" if switch.release == "9.3" else "n9k-10")
    ports = tuple(port.name for port in switch.ports)
    poe = POE_PORTS.get(switch.model, frozenset())
    return Configuration(Platform(profile, switch.model, ports, poe), lambda: 0.0)


def _type(config: Configuration, text: str) -> list[str]:
    """Type the text; the lines that were refused, with the answer."""
    session = ConfigSession(config)
    refused = []
    for line in text.splitlines():
        if not line.startswith(" ") and not session.banner:
            session.top()
        reply = session.feed(line)
        if reply.error:
            refused.append(f"{line}: {reply.text}")
    return refused


@pytest.mark.parametrize("name", sorted(SWITCHES))
def test_the_switch_takes_every_line_and_nothing_is_left_to_do(name: str) -> None:
    switch = SWITCHES[name]
    wanted = render_switch(switch, _AnySecret(), TEMPLATES)
    config = _fresh(switch)
    for _ in ("fresh from the box", "typed again"):
        assert _type(config, wanted) == []
        printed = "\n".join(config.lines_of()) + "\n"
        assert not build_plan(name, printed, wanted, platform=switch.platform).steps
