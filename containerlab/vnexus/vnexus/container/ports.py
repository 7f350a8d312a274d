"""Which interface of the container is which port: ``ethN`` is the Nth front port, ``eth0`` is mgmt0."""

from __future__ import annotations

import re

from vnexus import hardware

MANAGEMENT = "eth0"
_FRONT = re.compile(r"eth([1-9]\d{0,3})")


def port_of(model: str, interface: str) -> str | None:
    """The port behind an interface; None for eth0, for other names and for more than the model has.

    >>> port_of("N9K-C9348GC-FX3PH", "eth49"), port_of("N7K-C7009", "eth49"), port_of("N7K-C7009", "eth0")
    ('Ethernet1/49', 'Ethernet4/1', None)
    """
    match = _FRONT.fullmatch(interface)
    ports = hardware.model(model).ports
    if match is None or int(match[1]) > len(ports):
        return None
    return ports[int(match[1]) - 1].name


def interface_of(model: str, port: str) -> str:
    """The interface in front of a port; raises KeyError for a port that the model does not have.

    >>> interface_of("N7K-C7009", "Ethernet4/1")
    'eth49'
    """
    for number, known in enumerate(hardware.model(model).ports, start=1):
        if known.name == port:
            return f"eth{number}"
    raise KeyError(port)
