"""What the models are made of: ports, supplies, fans, part numbers, identifiers.

Part numbers, entity texts and sysObjectIDs are those of the real products (CISCO-ENTITY-VENDORTYPE-OID-MIB,
recordings of 93180YC-FX3); serial numbers and addresses follow from names, so a lab is the same on every
start.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache

CHASSIS_OID = "1.3.6.1.4.1.9.12.3.1.3."
"""cevChassis: sysObjectID of a Nexus is this and a number."""


class UnknownModelError(KeyError):
    """No such model; the text lists those that exist."""

    def __str__(self) -> str:
        return str(self.args[0])


@dataclass(frozen=True, slots=True)
class Port:
    name: str
    slot: int
    number: int
    speed_mbps: int
    poe: bool = False
    cage: str | None = None
    """``SFP``, ``QSFP`` or None for copper."""


@dataclass(frozen=True, slots=True)
class Module:
    slot: int
    description: str
    part: str
    supervisor: bool = False
    ports: tuple[Port, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    """Product identifier, ``N9K-C93180YC-FX3``."""
    short: str
    """As in ``show version`` and sysDescr: ``Nexus9000 C93180YC-FX3``."""
    family: str
    """``n7k`` or ``n9k``."""
    sys_object: int
    modules: tuple[Module, ...]
    psu_part: str
    psu_count: int
    psu_watts: int
    fan_part: str
    fan_count: int
    base_watts: int
    memory_kilobytes: int
    processor: str
    sensors: tuple[tuple[str, int, int, int], ...]
    """Chassis sensors: name, idle Celsius, minor and major threshold."""
    if_stride: int
    """ifIndex distance between neighbouring ports."""
    flash_kilobytes: int = 115805708

    @property
    def ports(self) -> tuple[Port, ...]:
        return tuple(port for module in self.modules for port in module.ports)

    @property
    def poe(self) -> bool:
        return any(port.poe for port in self.ports)

    @property
    def sys_object_id(self) -> str:
        return f"{CHASSIS_OID}{self.sys_object}"


@dataclass(frozen=True, slots=True)
class Optic:
    part: str
    """``SFP-25G-SR-S``"""
    kind: str
    """``SFP-25GBASE-SR``, as ``show interface transceiver`` says."""
    lanes: int


@dataclass(frozen=True, slots=True)
class Release:
    """A release profile."""

    profile: str
    version: str
    software: str
    """Middle of sysDescr."""
    image: str
    bios: str
    compiled: str
    copyright_year: int


RELEASES = {
    "n7k-7.3": Release(
        "n7k-7.3", "7.3(8)D1(1)", "n7000-s2-dk9", "bootflash:///n7000-s2-dk9.7.3.8.D1.1.bin", "2.12.0",
        "9/2/2021 12:00:00", 2021,
    ),
    "n9k-9.3": Release(
        "n9k-9.3", "9.3(9)", "NXOS 32-bit", "bootflash:///nxos.9.3.9.bin", "01.08", "2/4/2022 7:00:00", 2022
    ),
    "n9k-10": Release(
        "n9k-10", "10.5(2)", "NXOS 64-bit", "bootflash:///nxos64-cs.10.5.2.F.bin", "01.11",
        "11/30/2024 12:00:00", 2024,
    ),
}  # fmt: skip


def _ports(slot: int, numbers: range, speed: int, cage: str | None, *, poe: bool = False) -> tuple[Port, ...]:
    return tuple(Port(f"Ethernet{slot}/{n}", slot, n, speed, poe, cage) for n in numbers)


def _line_card_7k(slot: int) -> Module:
    ports = _ports(slot, range(1, 49), 10_000, "SFP")
    return Module(slot, "1/10 Gbps Ethernet Module", "N7K-F248XP-25E", ports=ports)


def _virtual(name: str, short: str, count: int, part: str) -> Model:
    """Cisco's own virtual switch, as the published lab recordings show it: nothing but ports."""
    description = f"Nexus 9000v {count} port Ethernet Module"
    return Model(
        name=name, short=short, family="n9k", sys_object=1951,
        modules=(
            Module(1, description, part, ports=_ports(1, range(1, count + 1), 10_000, None)),
            Module(27, "Supervisor Module", "N9K-vSUP", supervisor=True),
        ),
        psu_part="", psu_count=0, psu_watts=0, fan_part="", fan_count=0, base_watts=60,
        memory_kilobytes=10211776, processor="Intel(R) Xeon(R) Gold with 10211776 kB of memory.",
        sensors=(), if_stride=0x200, flash_kilobytes=4287040,
    )  # fmt: skip


_SENSORS_9K = (("FRONT", 27, 70, 80), ("BACK", 32, 42, 70), ("CPU", 42, 80, 90), ("SUN1", 46, 90, 110))

_C93180 = "48x10/25G + 6x40/100G Ethernet Module"
_C9348 = "48x100/1000Mbps(PoE+) + 4x10/25G + 2x40/100G Ethernet Module"

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model(
            name="N7K-C7009", short="Nexus7000 C7009 (9 Slot)", family="n7k", sys_object=932,
            modules=(
                Module(1, "Supervisor Module-2", "N7K-SUP2E", supervisor=True),
                Module(2, "Supervisor Module-2", "N7K-SUP2E", supervisor=True),
                _line_card_7k(3),
                _line_card_7k(4),
            ),
            psu_part="N7K-AC-6.0KW", psu_count=2, psu_watts=6000, fan_part="N7K-C7009-FAN", fan_count=1,
            base_watts=1650, memory_kilobytes=32745936,
            processor="Intel(R) Xeon(R) CPU         with 32745936 kB of memory.",
            sensors=(("Outlet1", 30, 85, 100), ("Inlet1", 24, 60, 70), ("CPU1", 38, 85, 95)),
            if_stride=0x1000, flash_kilobytes=3915776,
        ),
        Model(
            name="N9K-C93180YC-FX3", short="Nexus9000 C93180YC-FX3", family="n9k", sys_object=2193,
            modules=(
                Module(1, _C93180, "N9K-C93180YC-FX3", supervisor=True,
                       ports=_ports(1, range(1, 49), 25_000, "SFP")
                       + _ports(1, range(49, 55), 100_000, "QSFP")),
            ),
            psu_part="NXA-PAC-650W-PE", psu_count=2, psu_watts=650, fan_part="NXA-FAN-35CFM-PE", fan_count=4,
            base_watts=186, memory_kilobytes=32802700,
            processor="Intel(R) Xeon(R) CPU D-1526 @ 1.80GHz with 32802700 kB of memory.",
            sensors=_SENSORS_9K, if_stride=0x200,
        ),
        Model(
            # the published MIB numbers the predecessor 9348GC-FXP; the FX3PH is not in it
            name="N9K-C9348GC-FX3PH", short="Nexus9000 C9348GC-FX3PH", family="n9k", sys_object=1921,
            modules=(
                Module(1, _C9348, "N9K-C9348GC-FX3PH", supervisor=True,
                       ports=_ports(1, range(1, 49), 1_000, None, poe=True)
                       + _ports(1, range(49, 53), 25_000, "SFP")
                       + _ports(1, range(53, 55), 100_000, "QSFP")),
            ),
            psu_part="NXA-PAC-1900W-PI", psu_count=2, psu_watts=1900,
            fan_part="NXA-FAN-65CFM-PI", fan_count=3,
            base_watts=118, memory_kilobytes=24632252,
            processor="Intel(R) Xeon(R) CPU D-1526 @ 1.80GHz with 24632252 kB of memory.",
            sensors=_SENSORS_9K, if_stride=0x200,
        ),
        _virtual("N9K-C9300v", "Nexus9000 C9300v", 64, "N9K-X9364v"),
        _virtual("N9K-9000v", "Nexus9000 9000v", 128, "N9K-9000v"),
    )
}  # fmt: skip


def model(name: str) -> Model:
    """Raises UnknownModelError."""
    try:
        return MODELS[name]
    except KeyError:
        raise UnknownModelError(f"no model {name!r}; there are {', '.join(MODELS)}") from None


@cache
def _ports_by_name(name: str) -> dict[str, Port]:
    return {port.name: port for port in model(name).ports}


def port(model_name: str, port_name: str) -> Port | None:
    """The physical port, None for any other interface.

    >>> port("N9K-C9348GC-FX3PH", "Ethernet1/7").poe
    True
    """
    return _ports_by_name(model_name).get(port_name)


def optic(cage: str | None, speed_mbps: int) -> Optic | None:
    """The transceiver that sits in a wired cage at this speed; None for copper ports."""
    if cage is None:
        return None
    if speed_mbps >= 40_000:
        return Optic("QSFP-100G-SR4-S", "QSFP-100G-SR4", 4)
    if speed_mbps > 10_000:
        return Optic("SFP-25G-SR-S", "SFP-25GBASE-SR", 1)
    return Optic("SFP-10G-SR-S", "10Gbase-SR", 1)


def serial(node: str, part: str = "chassis") -> str:
    """Serial number in Cisco's form, the same for the same node and part.

    >>> serial("core-1")
    'FDO2729M6V7'
    """
    digest = hashlib.sha256(f"{node}/{part}".encode()).digest()
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    tail = "".join(letters[byte % len(letters)] for byte in digest[2:6])
    return f"FDO{20 + digest[0] % 8}{1 + digest[1] % 52:02d}{tail}"


def base_mac(address: str) -> int:
    """First of the 256 addresses of a node, from the last two numbers of its own IPv4 address.

    >>> mac_text(base_mac("127.66.0.21"))
    '4cec.0f00.1500'
    """
    high, low = (int(octet) for octet in address.split(".")[2:4])
    return 0x4CEC0F << 24 | high << 16 | low << 8


def engine_id(address: str) -> bytes:
    """SNMP engine of a node: Cisco's enterprise number and the base address (RFC 3411, SnmpEngineID).

    >>> engine_id("127.66.0.21").hex()
    '80000009034cec0f001500'
    """
    return b"\x80\x00\x00\x09\x03" + base_mac(address).to_bytes(6)


def port_mac(address: str, model_name: str, interface: str) -> int:
    """Address of an interface: the base for mgmt0 and SVIs, one of its own for each physical port."""
    names = _ports_by_name(model_name)
    if interface not in names:
        return base_mac(address)
    return base_mac(address) + 8 + list(names).index(interface)


def mac_text(value: int) -> str:
    """``00aa.bbcc.ddee``"""
    text = f"{value:012x}"
    return f"{text[:4]}.{text[4:8]}.{text[8:]}"


def mac_bytes(text: str) -> bytes:
    return bytes.fromhex(re.sub(r"[.:-]", "", text))


def sys_descr(model_name: str, profile: str) -> str:
    """Text of sysDescr.

    >>> sys_descr("N9K-C93180YC-FX3", "n9k-9.3")[:75]
    'Cisco NX-OS(tm) Nexus9000 C93180YC-FX3, Software (NXOS 32-bit), Version 9.3'
    """
    release, made = RELEASES[profile], model(model_name)
    name = "n7000" if made.family == "n7k" else made.short
    return (
        f"Cisco NX-OS(tm) {name}, Software ({release.software}), Version {release.version}, RELEASE SOFTWARE "
        f"Copyright (c) 2002-{release.copyright_year} by Cisco Systems, Inc. Compiled {release.compiled}"
    )


_KINDS = (
    # name, first ifIndex, number of the first
    (re.compile(r"Vlan(\d+)"), 0x09010000, 0),
    (re.compile(r"loopback(\d+)"), 0x14000000, 0),
    (re.compile(r"port-channel(\d+)"), 0x16000000, 1),
    (re.compile(r"Tunnel(\d+)", re.IGNORECASE), 0x46000000, 0),
    (re.compile(r"nve(\d+)"), 0x49000000, 0),
)
_ETHERNET = re.compile(r"Ethernet(\d+)/(\d+)(?:\.(\d+))?")


@cache
def if_index(model_name: str, interface: str) -> int:
    """The index as NX-OS gives it: typed, with a stride that depends on the model.

    Subinterfaces sit behind their port. Raises KeyError for a name of no known kind.

    >>> if_index("N9K-C93180YC-FX3", "Ethernet1/2"), if_index("N7K-C7009", "Vlan120")
    (436208128, 151060600)
    """
    if interface == "mgmt0":
        return 0x05000000
    if match := _ETHERNET.fullmatch(interface):
        slot, number = int(match[1]), int(match[2])
        stride = model(model_name).if_stride
        below = 1 + (int(match[3]) - 1) % (stride - 1) if match[3] else 0
        return 0x1A000000 + (slot - 1) * 0x80000 + (number - 1) * stride + below
    for pattern, first, start in _KINDS:
        if match := pattern.fullmatch(interface):
            return first + int(match[1]) - start
    raise KeyError(interface)
