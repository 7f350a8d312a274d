"""Names and templates: ``eth1/7`` to ``Ethernet1/7``, ``{port} Lane {lane}`` to a label."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

LONGEST_LABEL = 256
"""A label of more characters is nobody's name."""

_PORT = re.compile(r"^([A-Za-z][A-Za-z-]*?)(\d.*)$")
_KINDS = {
    "eth": "Ethernet",
    "ethernet": "Ethernet",
    "po": "port-channel",
    "port-channel": "port-channel",
    "vlan": "Vlan",
    "lo": "loopback",
    "loopback": "loopback",
    "tu": "Tunnel",
    "tunnel": "Tunnel",
    "mgmt": "mgmt",
    "nve": "nve",
}
_HOLE = re.compile(r"\{([^{}|]+)(?:\|(\w+))?\}")


def full_port_name(text: str) -> str:
    """The name that SNMP gives a port, of any of its spellings in the models; others as they are.

    >>> [full_port_name(name) for name in ("eth1/7", "po10", "vlan120", "lo0", "mgmt0", "Eth1/1.5", "sup")]
    ['Ethernet1/7', 'port-channel10', 'Vlan120', 'loopback0', 'mgmt0', 'Ethernet1/1.5', 'sup']
    """
    found = _PORT.match(text)
    if found is None or found[1].lower() not in _KINDS:
        return text
    return _KINDS[found[1].lower()] + found[2]


def _next(text: str) -> str:
    """Lanes count from 0 in the models, from 1 elsewhere."""
    return str(int(text) + 1) if text.isdecimal() and len(text) < 9 else text


FILTERS: Mapping[str, Callable[[str], str]] = {"port": full_port_name, "next": _next}


def fill_template(template: str, values: Mapping[str, str]) -> str | None:
    """The template with its holes filled; None when a value is not there.

    >>> fill_template("{port|port} Lane {lane|next}", {"port": "eth1/49", "lane": "0"})
    'Ethernet1/49 Lane 1'
    >>> fill_template("{missing}", {})
    """
    made, end = "", 0
    for hole in _HOLE.finditer(template):
        value = values.get(hole[1])
        if value is None:
            return None
        made += template[end : hole.start()] + (FILTERS[hole[2]](value) if hole[2] else value)
        end = hole.end()
    return made + template[end:]


def holes_of(template: str) -> list[tuple[str, str]]:
    """(name, filter) of the holes of a template; the filter may be empty.

    >>> holes_of("{port|port} Lane {lane}")
    [('port', 'port'), ('lane', '')]
    """
    return [(hole[1], hole[2] or "") for hole in _HOLE.finditer(template)]


def is_label(text: str) -> bool:
    r"""Whether the text may be a label value: short, printable.

    >>> is_label("Ethernet1/7"), is_label("a\x00"), is_label("x" * 1000)
    (True, False, False)
    """
    return len(text) <= LONGEST_LABEL and text.isprintable()
