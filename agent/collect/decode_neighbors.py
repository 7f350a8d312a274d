"""LLDP and CDP neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent import metrics
from agent.collect.reading import Reading, read_text, split_index
from agent.collect.snmp.ber import Value, encode_numbers
from agent.metrics import Sample

_CHASSIS_MAC, _PORT_MAC = 4, 3
_PORT_NAME_SUBTYPES = frozenset((1, 5, 7))  # interfaceAlias, interfaceName, local


def decode_lldp(reading: Reading) -> Iterator[Sample]:
    """One series per neighbour: local port, system name (chassis id when it has none), its port."""
    names = dict(reading.interfaces())
    known = frozenset(names.values())
    for index in reading.column("lldpRemChassisId"):
        key = split_index(index)
        if len(key) != 3:
            continue  # (time mark, local port, neighbour): the time mark is a filter, no identity
        local = _local_port(reading, names, known, encode_numbers(key[1:2]))
        subtype = reading.number("lldpRemChassisIdSubtype", index)
        chassis = _identity(reading.column("lldpRemChassisId").get(index), mac=subtype == _CHASSIS_MAC)
        neighbor = reading.text("lldpRemSysName", index) or chassis
        if local and neighbor:
            yield Sample(
                metrics.NEIGHBOR_INFO, (reading.device, local, neighbor, _far_port(reading, index)), 1
            )


def _far_port(reading: Reading, index: bytes) -> str:
    subtype = reading.number("lldpRemPortIdSubtype", index)
    raw = reading.column("lldpRemPortId").get(index)
    if subtype in _PORT_NAME_SUBTYPES:
        return full_name(read_text(raw))
    return reading.text("lldpRemPortDesc", index) or _identity(raw, mac=subtype == _PORT_MAC)


def full_name(port: str) -> str:
    """Name of a port as it stands in a configuration: older NX-OS says Eth1/21 to its neighbours.

    >>> full_name("Eth1/21"), full_name("Po10"), full_name("Ethernet1/21"), full_name("eth0")
    ('Ethernet1/21', 'port-channel10', 'Ethernet1/21', 'eth0')
    """
    return re.sub(r"^Po(?=\d)", "port-channel", re.sub(r"^Eth(?=\d)", "Ethernet", port))


def _local_port(reading: Reading, names: dict[bytes, str], known: frozenset[str], number: bytes) -> str:
    """By ifIndex, as Nexus counts; else by the agent's own list of local ports."""
    if number in names:
        return names[number]
    for column in ("lldpLocPortId", "lldpLocPortDesc"):
        text = reading.text(column, number)
        if text in known:
            return text
    return ""


def _identity(value: Value, *, mac: bool) -> str:
    if mac and isinstance(value, bytes):
        return value.hex(":")
    return read_text(value)


def decode_cdp(reading: Reading) -> Iterator[Sample]:
    """One series per neighbour, by the name that LLDP would give it."""
    names = dict(reading.interfaces())
    for index in reading.column("cdpCacheDeviceId"):
        local = names.get(encode_numbers(split_index(index)[:1]), "")
        name = reading.text("cdpCacheSysName", index) or cdp_name(reading.text("cdpCacheDeviceId", index))
        if local and name:
            port, model = reading.text("cdpCacheDevicePort", index), reading.text("cdpCachePlatform", index)
            yield Sample(metrics.CDP_NEIGHBOR_INFO, (reading.device, local, name, port, model), 1)


def cdp_name(device_id: str) -> str:
    """Name in a CDP device id: a Nexus puts its serial number behind it.

    >>> cdp_name("core-1(JAF1523BGQR)"), cdp_name("hall-ap-011.example")
    ('core-1', 'hall-ap-011.example')
    """
    return re.sub(r"\([A-Z0-9]{6,}\)$", "", device_id) or device_id
