"""What a switch that is to be adopted says of itself. Values, and the reading of its show commands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ntc_templates.parse import parse_output
from textfsm import TextFSMError

from agent.intent.hardware import SUPPLIES
from agent.nxos.section import Platform

COMMANDS = ("show running-config", "show version", "show inventory")
"""Every Nexus answers these; without them there is nothing to adopt."""

OPTIONAL_COMMANDS = ("show lldp neighbors detail", "show power inline")
"""Refused where the feature is off or the hardware has none."""

_POWERED = re.compile(r"^(Eth\S+) +\S+ +on +(?:[a-z]+ +)?(\d+(?:\.\d+)?) ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Way:
    """How the switch was reached, as ``hosts.yaml`` will say it."""

    address: str
    port: int
    transport: Literal["ssh", "nxapi"]
    username: str
    scheme: Literal["https", "http"] = "https"


@dataclass(frozen=True, slots=True)
class Heard:
    """An LLDP neighbour on a port, in its own words."""

    port: str
    system: str
    far_port: str
    description: str


@dataclass(frozen=True, slots=True)
class Witness:
    """One switch; ``release`` is the train (``10.3``), ``watts`` the PoE draw of its ports."""

    way: Way
    running: str
    model: str
    release: str
    supplies: tuple[str, ...]
    heard: tuple[Heard, ...]
    watts: Mapping[str, float]

    @property
    def platform(self) -> Platform:
        return "n7k" if self.model.startswith("N7K") else "n9k"


def read_witness(way: Way, said: Mapping[str, str]) -> Witness:
    """The witness of one switch from its answers by command; optional ones may be missing."""
    version = _first(_rows("show version", said))
    parts = _rows("show inventory", said)
    chassis = next((part for part in parts if part["name"].strip('"').lower() == "chassis"), {})
    return Witness(
        way=way,
        running=said["show running-config"],
        model=chassis.get("pid", "") or version.get("platform", ""),
        release=".".join(version.get("os", "").split("(")[0].split(".")[:2]),
        supplies=tuple(part["pid"] for part in parts if part["pid"] in SUPPLIES),
        heard=tuple(
            Heard(
                long_name(row["local_interface"]),
                row["neighbor_name"],
                long_name(row["neighbor_interface"]),
                row.get("neighbor_interface_description") or row.get("neighbor_description", ""),
            )
            for row in _rows("show lldp neighbors detail", said)
        ),
        watts=dict(_draw(said.get("show power inline", ""))),
    )


def long_name(port: str) -> str:
    """The full NX-OS name of a physical port.

    >>> long_name("Eth1/7"), long_name("Ethernet1/7"), long_name("mgmt0")
    ('Ethernet1/7', 'Ethernet1/7', 'mgmt0')
    """
    return f"Ethernet{port[3:]}" if port.startswith("Eth") and port[3:4].isdigit() else port


def _rows(command: str, said: Mapping[str, str]) -> list[dict[str, str]]:
    """Records of the command by the community's templates; none where they do not fit the text."""
    if not said.get(command, "").strip():
        return []
    try:
        return list(parse_output(platform="cisco_nxos", command=command, data=said[command]))
    except TextFSMError:
        return []


def _first(rows: list[dict[str, str]]) -> dict[str, str]:
    return rows[0] if rows else {}


def _draw(text: str) -> list[tuple[str, float]]:
    """Port and watts of ``show power inline``; the community has no template for it."""
    return [(long_name(port), float(watts)) for port, watts in _POWERED.findall(text)]
