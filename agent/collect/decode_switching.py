"""VLANs, learned addresses and spanning tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agent import metrics
from agent.collect.octets import count_bits
from agent.collect.reading import Reading, split_index
from agent.collect.snmp.ber import encode_numbers
from agent.metrics import Sample

_VLAN_STATES = {1: "operational", 2: "suspended"}
_LEARNED = 3  # dot1dTpFdbStatus
_TRUNKING = 1
_MAPS = ("", "2k", "3k", "4k")
_PORT_STATES = {
    1: "disabled",
    2: "blocking",
    3: "listening",
    4: "learning",
    5: "forwarding",
    6: "broken",
}
_ROLES = {1: "disabled", 2: "root", 3: "designated", 4: "alternate", 5: "backup", 6: "boundary", 7: "master"}
_INCONSISTENT = 1  # TruthValue
MOST_VLANS = 4094


def decode_vlans(reading: Reading) -> Iterator[Sample]:
    """Number of VLANs by state; per port its access VLAN, or whether and how many VLANs it carries."""
    device, names = reading.device, dict(reading.interfaces())
    states = Counter(_VLAN_STATES.get(_int(v), "other") for v in reading.column("vtpVlanState").values())
    for state, count in states.items():
        yield Sample(metrics.VLANS, (device, state), count)
    for index, name in names.items():
        vlan = reading.number("vmVlan", index)
        if vlan:
            yield Sample(metrics.ACCESS_VLAN, (device, name), vlan)
        status = reading.number("vlanTrunkPortDynamicStatus", index)
        if status is not None:
            yield Sample(metrics.TRUNKING, (device, name), int(status == _TRUNKING))
        if status != _TRUNKING:
            continue
        native = reading.number("vlanTrunkPortNativeVlan", index)
        if native:
            yield Sample(metrics.NATIVE_VLAN, (device, name), native)
        maps = [reading.column(f"vlanTrunkPortVlansEnabled{part}").get(index) for part in _MAPS]
        if maps[0] is not None:
            yield Sample(metrics.TRUNK_VLANS, (device, name), sum(map(count_bits, maps)))


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def decode_mac_addresses(reading: Reading) -> Iterator[Sample]:
    """Learned addresses per VLAN. BRIDGE-MIB shows those of VLAN 1 in the default context."""
    counts = {
        split_index(index)[-1]: _int(value) for index, value in reading.column("dot1qFdbDynamicCount").items()
    }
    if not counts:
        status = reading.column("dot1dTpFdbStatus").values()
        if not status:
            return
        counts = {1: sum(value == _LEARNED for value in status)}
    for vlan, count in sorted(counts.items())[:MOST_VLANS]:
        yield Sample(metrics.MAC_ADDRESSES, (reading.device, str(vlan)), count)


def decode_spanning_tree(reading: Reading) -> Iterator[Sample]:
    """Root, changes and port states of VLAN 1 (or MST instance 0), roles of all ports in all VLANs."""
    yield from _root(reading)
    states = Counter(
        _PORT_STATES.get(_int(value), "other") for value in reading.column("dot1dStpPortState").values()
    )
    for state, count in states.items():
        yield Sample(metrics.STP_PORTS, (reading.device, state), count)
    ports = _bridge_ports(reading)
    roles: Counter[tuple[str, str]] = Counter()
    for index, value in reading.column("stpxRSTPPortRoleValue").items():
        port = ports.get(split_index(index)[-1])
        if port and value in _ROLES:
            roles[port, _ROLES[_int(value)]] += 1
    for (port, role), count in roles.items():
        yield Sample(metrics.STP_ROLES, (reading.device, port, role), count)
    blocked = Counter(
        ports.get(split_index(index)[-1], "")
        for index, value in reading.column("stpxInconsistentState").items()
        if value == _INCONSISTENT
    )
    for port, _ in roles:
        blocked.setdefault(port, 0)
    for port, count in blocked.items():
        if port:
            yield Sample(metrics.STP_INCONSISTENT, (reading.device, port), count)


def _root(reading: Reading) -> Iterator[Sample]:
    labels = (reading.device,)
    changes = reading.scalar("dot1dStpTopChanges")
    age = reading.scalar("dot1dStpTimeSinceTopologyChange")
    cost = reading.scalar("dot1dStpRootCost")
    port = reading.scalar("dot1dStpRootPort")
    root = reading.scalars.get("dot1dStpDesignatedRoot")
    if changes is not None:
        yield Sample(metrics.STP_CHANGES, labels, changes)
    if age is not None:
        yield Sample(metrics.STP_CHANGE_AGE, labels, age / 100)
    if cost is not None:
        yield Sample(metrics.STP_ROOT_COST, labels, cost)
    if isinstance(root, bytes) and len(root) == 8 and any(root[2:]):
        if port is not None:
            yield Sample(metrics.STP_IS_ROOT, labels, int(port == 0))
        yield Sample(metrics.STP_ROOT_PRIORITY, labels, int.from_bytes(root[:2]))
        yield Sample(metrics.STP_ROOT_BRIDGE, labels, int.from_bytes(root[2:]))


def _bridge_ports(reading: Reading) -> dict[int, str]:
    """Interface by number of the bridge's port."""
    names = dict(reading.interfaces())
    found = {}
    for index, number in reading.column("dot1dBasePortIfIndex").items():
        name = names.get(encode_numbers((number,))) if isinstance(number, int) and number >= 0 else None
        if name:
            found[split_index(index)[0]] = name
    return found
