"""IF-MIB as snmp_exporter's module ``if_mib`` shows it, so that existing jobs, rules and mixins keep working.

Names, types, help texts and labels are those of snmp_exporter 0.21 and its generator: raw MIB names, one
series per row and column, labelled by ifIndex, ifName, ifAlias and ifDescr. Counters are whole numbers, not
wrapped at 2^53.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from agent.collect.reading import read_text
from agent.collect.snmp.backend import Backend, Span
from agent.collect.snmp.ber import Row, Value, decode_numbers, encode_oid
from agent.errors import DeviceError
from agent.metrics import Kind, Metric, Page, Sample

_IF, _IFX, _UPTIME = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1", "1.3.6.1.2.1.1.3"
_IF_NUMBER = "1.3.6.1.2.1.2.1"
_LABELS = ("ifAlias", "ifDescr", "ifIndex", "ifName")

_GAUGES = """
2.2.1.1 ifIndex A unique value, greater than zero, for each interface
2.2.1.4 ifMtu The size of the largest packet which can be sent/received on the interface, specified in octets
2.2.1.5 ifSpeed An estimate of the interface's current bandwidth in bits per second
2.2.1.7 ifAdminStatus The desired state of the interface
2.2.1.8 ifOperStatus The current operational state of the interface
2.2.1.9 ifLastChange The value of sysUpTime at the time the interface entered its current operational state
2.2.1.21 ifOutQLen The length of the output packet queue (in packets)
31.1.1.1.14 ifLinkUpDownTrapEnable Indicates whether linkUp/linkDown traps should be generated
31.1.1.1.15 ifHighSpeed An estimate of the interface's current bandwidth in units of 1,000,000 bits per second
31.1.1.1.16 ifPromiscuousMode false(2) if this interface only accepts packets that are addressed to it
31.1.1.1.17 ifConnectorPresent This object has the value 'true(1)' if the interface has a physical connector
31.1.1.1.19 ifCounterDiscontinuityTime The value of sysUpTime when counters last suffered a discontinuity
"""
_COUNTERS = """
2.2.1.10 ifInOctets The total number of octets received on the interface, including framing characters
2.2.1.11 ifInUcastPkts The number of unicast packets delivered to a higher (sub-)layer
2.2.1.12 ifInNUcastPkts The number of non-unicast packets delivered to a higher (sub-)layer
2.2.1.13 ifInDiscards The number of inbound packets which were chosen to be discarded
2.2.1.14 ifInErrors The number of inbound packets that contained errors
2.2.1.15 ifInUnknownProtos The number of packets discarded because of an unknown or unsupported protocol
2.2.1.16 ifOutOctets The total number of octets transmitted out of the interface
2.2.1.17 ifOutUcastPkts The number of unicast packets that were requested to be transmitted
2.2.1.18 ifOutNUcastPkts The number of non-unicast packets that were requested to be transmitted
2.2.1.19 ifOutDiscards The number of outbound packets which were chosen to be discarded
2.2.1.20 ifOutErrors The number of outbound packets that could not be transmitted because of errors
31.1.1.1.2 ifInMulticastPkts The number of multicast packets delivered by this sub-layer to a higher one
31.1.1.1.3 ifInBroadcastPkts The number of broadcast packets delivered by this sub-layer to a higher one
31.1.1.1.4 ifOutMulticastPkts The number of multicast packets that were requested to be transmitted
31.1.1.1.5 ifOutBroadcastPkts The number of broadcast packets that were requested to be transmitted
31.1.1.1.6 ifHCInOctets The total number of octets received on the interface, including framing characters
31.1.1.1.7 ifHCInUcastPkts The number of unicast packets delivered to a higher (sub-)layer
31.1.1.1.8 ifHCInMulticastPkts The number of multicast packets delivered by this sub-layer to a higher one
31.1.1.1.9 ifHCInBroadcastPkts The number of broadcast packets delivered by this sub-layer to a higher one
31.1.1.1.10 ifHCOutOctets The total number of octets transmitted out of the interface
31.1.1.1.11 ifHCOutUcastPkts The number of unicast packets that were requested to be transmitted
31.1.1.1.12 ifHCOutMulticastPkts The number of multicast packets that were requested to be transmitted
31.1.1.1.13 ifHCOutBroadcastPkts The number of broadcast packets that were requested to be transmitted
"""
_TYPES = {
    1: "other",
    6: "ethernetCsmacd",
    22: "propPointToPointSerial",
    23: "ppp",
    24: "softwareLoopback",
    53: "propVirtual",
    54: "propMultiplexor",
    62: "fastEther",
    71: "ieee80211",
    117: "gigabitEthernet",
    131: "tunnel",
    135: "l2vlan",
    136: "l3ipvlan",
    150: "mplsTunnel",
    161: "ieee8023adLag",
    209: "bridge",
}
"""IANAifType-MIB, those that switches, cameras and UPSs have; others are shown by number."""


def _read_columns(text: str, kind: Kind) -> dict[bytes, Metric]:
    columns = {}
    for line in text.strip().splitlines():
        number, name, about = line.split(" ", 2)
        oid = f"1.3.6.1.2.1.{number}"
        columns[encode_oid(oid)] = Metric(name, f"{about} - {oid}", _LABELS, kind)
    return columns


_COLUMNS = _read_columns(_GAUGES, Kind.GAUGE) | _read_columns(_COUNTERS, Kind.COUNTER)
_DESCR, _TYPE, _MAC = (encode_oid(f"{_IF}.{number}") for number in (2, 3, 6))
_NAME, _ALIAS = encode_oid(f"{_IFX}.1"), encode_oid(f"{_IFX}.18")
SYS_UPTIME = Metric(
    "sysUpTime",
    f"Hundredths of a second since the network management portion was re-initialized - {_UPTIME}",
    (),
)
IF_NUMBER = Metric("ifNumber", f"The number of network interfaces present on this system - {_IF_NUMBER}", ())
IF_TYPE = Metric("ifType_info", f"The type of interface (EnumAsInfo) - {_IF}.3", (*_LABELS, "ifType"))
IF_MAC = Metric(
    "ifPhysAddress",
    f"The interface's address at its protocol sub-layer - {_IF}.6",
    ("ifAlias", "ifDescr", "ifIndex", "ifName", "ifPhysAddress"),
)
SCRAPE_SECONDS = Metric(
    "snmp_scrape_duration_seconds", "Total SNMP time scrape took (walk and processing).", ()
)
SCRAPE_ROWS = Metric("snmp_scrape_pdus_returned", "Rows returned from walk.", ())
METRICS = (*_COLUMNS.values(), IF_MAC, IF_NUMBER, IF_TYPE, SCRAPE_SECONDS, SCRAPE_ROWS, SYS_UPTIME)
"""All families of a page, in its order; not of the catalogue: they belong to the other exporter."""


@dataclass(slots=True)
class _Row:
    """One interface."""

    values: dict[bytes, Value]

    def labels(self, index: str) -> tuple[str, ...]:
        texts = (read_text(self.values.get(oid)) for oid in (_ALIAS, _DESCR))
        return (*texts, index, read_text(self.values.get(_NAME)))


async def read_if_mib(backend: Backend, deadline_seconds: float) -> Page:
    """Walk the interfaces of a device. Raises DeviceError when it does not answer, or not to the end."""
    backend.limit(deadline_seconds)
    uptime, number = (encode_oid(f"{oid}.0") for oid in (_UPTIME, _IF_NUMBER))
    scalars = await backend.get([uptime, number])
    walks = await asyncio.gather(*(backend.walk(Span.of(name, name)) for name in (_IF, _IFX)))
    for walked in walks:
        if walked.problem:
            raise DeviceError("if_mib", walked.problem, hint="ask less often, or watch it with /probe")
    rows = [row for walked in walks for row in walked.rows]
    page = write_rows(rows)
    for metric, oid in ((SYS_UPTIME, uptime), (IF_NUMBER, number)):
        value = scalars.get(oid)
        if isinstance(value, int):
            page.add(Sample(metric, (), value))
    page.add(Sample(SCRAPE_ROWS, (), len(rows) + len(scalars)))
    return page


def write_rows(rows: list[Row]) -> Page:
    """Families of the rows of ifTable and ifXTable."""
    size = len(_DESCR)  # ifEntry and ifXEntry differ in length
    longer = len(_NAME)
    found: dict[bytes, _Row] = {}
    for oid, value in rows:
        width = size if oid.startswith(_DESCR[:-1]) else longer
        found.setdefault(oid[width:], _Row({})).values[oid[:width]] = value
    page = Page()
    for index, row in found.items():
        _add_row(page, row, ".".join(map(str, decode_numbers(index))))
    return page


def _add_row(page: Page, row: _Row, index: str) -> None:
    labels = row.labels(index)
    for oid, metric in _COLUMNS.items():
        value = row.values.get(oid)
        if isinstance(value, int):
            page.add(Sample(metric, labels, value))
    kind, mac = row.values.get(_TYPE), row.values.get(_MAC)
    if isinstance(kind, int):
        page.add(Sample(IF_TYPE, (*labels, _TYPES.get(kind, str(kind))), 1))
    if isinstance(mac, bytes):
        shown = mac[:6].ljust(6, b"\0")  # as the exporter: a tunnel without address has six zeros
        page.add(Sample(IF_MAC, (*labels, shown.hex(":").upper()), 1))
