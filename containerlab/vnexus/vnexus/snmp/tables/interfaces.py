"""IF-MIB: ifTable, ifXTable, ifStackTable. Counters are read from the live meters."""

from __future__ import annotations

from vnexus import hardware
from vnexus.facts import InterfaceConfig, Oper
from vnexus.snmp import ber
from vnexus.snmp.index import Part, Reader, Rows, at, column
from vnexus.snmp.tables.view import View
from vnexus.world import traffic
from vnexus.world.traffic import Meter

_IF = {number: column(f"1.3.6.1.2.1.2.2.1.{number}") for number in range(1, 23)}
_IFX = {number: column(f"1.3.6.1.2.1.31.1.1.1.{number}") for number in range(1, 20)}
_STACK = column("1.3.6.1.2.1.31.1.2.1.3")

_COUNTERS_32 = (
    (_IF[10], traffic.RX_BYTES),
    (_IF[11], traffic.RX_UNICAST),
    (_IF[13], traffic.RX_DISCARDS),
    (_IF[14], traffic.RX_ERRORS),
    (_IF[16], traffic.TX_BYTES),
    (_IF[17], traffic.TX_UNICAST),
    (_IF[19], traffic.TX_DISCARDS),
    (_IF[20], traffic.TX_ERRORS),
    (_IFX[2], traffic.RX_MULTICAST),
    (_IFX[3], traffic.RX_BROADCAST),
    (_IFX[4], traffic.TX_MULTICAST),
    (_IFX[5], traffic.TX_BROADCAST),
)
_COUNTERS_64 = (
    (_IFX[6], traffic.RX_BYTES),
    (_IFX[7], traffic.RX_UNICAST),
    (_IFX[8], traffic.RX_MULTICAST),
    (_IFX[9], traffic.RX_BROADCAST),
    (_IFX[10], traffic.TX_BYTES),
    (_IFX[11], traffic.TX_UNICAST),
    (_IFX[12], traffic.TX_MULTICAST),
    (_IFX[13], traffic.TX_BROADCAST),
)
_TYPES = (("Ethernet", 6), ("mgmt", 6), ("port-channel", 161), ("Vlan", 53), ("loopback", 24), ("nve", 1))


def interface_rows(view: View) -> Rows:
    """One row per interface of the running configuration."""
    rows = Rows()
    names = [name for name in view.snapshot.interfaces if _has_index(view, name)]
    rows.scalar("1.3.6.1.2.1.2.1", ber.integer(len(names)))
    rows.scalar("1.3.6.1.2.1.31.1.5", ber.ticks(view.uptime(view.world.interfaces_changed_at(view.node))))
    for name in names:
        number = view.if_index(name)
        state, config = view.states[name], view.snapshot.interfaces[name]
        _static(rows, view, config, state, at(number))
        _counters(rows, view.world.meter(view.node, name), at(number))
    for channel, members in view.snapshot.members.items():
        if channel in view.states:
            for member in members:
                rows.add(_STACK, at(view.if_index(channel), view.if_index(member)), ber.integer(1))
    return rows


def _has_index(view: View, name: str) -> bool:
    try:
        view.if_index(name)
    except KeyError:
        return False
    return name in view.states


def _static(rows: Rows, view: View, config: InterfaceConfig, state: Oper, tail: Part) -> None:
    name = config.name
    kind = next((number for prefix, number in _TYPES if name.startswith(prefix)), 1)
    physical = name.startswith(("Ethernet", "mgmt"))
    bits = state.speed_mbps * 1_000_000
    mac = b"" if name.startswith("loopback") else _mac(view, name)
    values: tuple[tuple[Part, bytes], ...] = (
        (_IF[1], ber.integer(view.if_index(name))),
        (_IF[2], ber.text(name)),
        (_IF[3], ber.integer(kind)),
        (_IF[4], ber.integer(config.mtu)),
        (_IF[5], ber.gauge32(bits)),
        (_IF[6], ber.octets(mac)),
        (_IF[7], ber.integer(1 if config.admin_up else 2)),
        (_IF[8], ber.integer(1 if state.up else 2)),
        (_IF[9], ber.ticks(view.uptime(state.changed_at))),
        (_IFX[1], ber.text(name)),
        (_IFX[14], ber.integer(1)),
        (_IFX[15], ber.gauge32(state.speed_mbps)),
        (_IFX[16], ber.integer(2)),
        (_IFX[17], ber.integer(1 if physical else 2)),
        (_IFX[18], ber.text(config.description)),
        (_IFX[19], ber.ticks(0)),
    )
    for head, value in values:
        rows.add(head, tail, value)


def _mac(view: View, name: str) -> bytes:
    return hardware.port_mac(view.spec.address, view.spec.model, name).to_bytes(6)


def _counters(rows: Rows, meter: Meter, tail: Part) -> None:
    for head, number in _COUNTERS_32:
        rows.add(head, tail, _reader_32(meter, number))
    for head, number in _COUNTERS_64:
        rows.add(head, tail, _reader_64(meter, number))


def _reader_32(meter: Meter, number: int) -> Reader:
    return lambda now_us: ber.counter32(meter.read(number, now_us))


def _reader_64(meter: Meter, number: int) -> Reader:
    return lambda now_us: ber.counter64(meter.read(number, now_us))
