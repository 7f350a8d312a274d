"""BGP, OSPF, HSRP and BFD."""

from __future__ import annotations

from collections.abc import Iterator

from agent import metrics
from agent.collect.octets import address_of, read_address
from agent.collect.reading import Reading, split_index
from agent.collect.snmp.ber import Value, encode_numbers
from agent.metrics import Metric, Sample

_ESTABLISHED, _STOP = 6, 1
_FAMILIES = {1: "ipv4", 2: "ipv6", 25: "l2vpn"}
_SUBFAMILIES = {1: "unicast", 2: "multicast", 4: "labelled", 70: "evpn", 128: "vpn"}
_SESSION = (
    (metrics.BGP_FLAPS, "FsmEstablishedTransitions"),
    (metrics.BGP_ESTABLISHED, "FsmEstablishedTime"),
    (metrics.BGP_UPDATES_RX, "InUpdates"),
    (metrics.BGP_UPDATES_TX, "OutUpdates"),
)
_NO_LIMIT = 0xFFFFFFFF

_FULL, _TWO_WAY, _OTHER = 8, 4, 7
_STANDBY, _ACTIVE = 5, 6
_BFD_UP = 4


def decode_bgp(reading: Reading) -> Iterator[Sample]:
    """Sessions of the reading's VRF by the Cisco table, IPv6 peers included; by BGP4-MIB for the others."""
    known = set()
    for index in reading.column("cbgpPeer2State"):
        peer = _peer2(split_index(index))
        if peer:
            known.add(peer)
            yield from _session(reading, index, "cbgpPeer2", peer)
    for index in reading.column("bgpPeerState"):
        peer = address_of(split_index(index))
        if peer and peer not in known:
            yield from _session(reading, index, "bgpPeer", peer)
    yield from _prefixes(reading)


def _peer2(key: tuple[int, ...]) -> str:
    """Address of an index of type, length and octets."""
    return address_of(key[2 : 2 + key[1]]) if len(key) >= 2 else ""


def _session(reading: Reading, index: bytes, table: str, peer: str) -> Iterator[Sample]:
    labels = (reading.device, reading.vrf, peer)
    state = reading.number(f"{table}State", index)
    if state is None:
        return
    yield Sample(metrics.BGP_UP, labels, int(state == _ESTABLISHED))
    yield Sample(metrics.BGP_STATE, labels, state)
    admin = reading.number(f"{table}AdminStatus", index)
    if admin is not None:
        yield Sample(metrics.BGP_ADMIN_UP, labels, int(admin != _STOP))
    remote = reading.number(f"{table}RemoteAs", index)
    if remote is not None:
        local = reading.number(f"{table}LocalAs", index) or ""
        yield Sample(metrics.BGP_INFO, (*labels, str(remote), str(local)), 1)
    for metric, column in _SESSION:
        value = reading.number(f"{table}{column}", index)
        if value is not None:
            yield Sample(metric, labels, value)
    error = reading.column(f"{table}LastError").get(index)
    if isinstance(error, bytes) and len(error) == 2:
        yield Sample(metrics.BGP_LAST_ERROR, labels, int.from_bytes(error))


def _prefixes(reading: Reading) -> Iterator[Sample]:
    for index in reading.column("cbgpPeer2AcceptedPrefixes"):
        key = split_index(index)
        peer = _peer2(key)
        if not peer or len(key) != 4 + key[1]:
            continue
        afi, safi = key[-2:]
        family = f"{_FAMILIES.get(afi, afi)}-{_SUBFAMILIES.get(safi, safi)}"
        labels = (reading.device, reading.vrf, peer, family)
        for metric, column in (
            (metrics.BGP_PREFIXES, "cbgpPeer2AcceptedPrefixes"),
            (metrics.BGP_DENIED, "cbgpPeer2DeniedPrefixes"),
            (metrics.BGP_ADVERTISED, "cbgpPeer2AdvertisedPrefixes"),
        ):
            value = reading.number(column, index)
            if value is not None:
                yield Sample(metric, labels, value)
        limit = reading.number("cbgpPeer2PrefixAdminLimit", index)
        if limit and limit != _NO_LIMIT:
            yield Sample(metrics.BGP_LIMIT, labels, limit)
            percent = reading.number("cbgpPeer2PrefixThreshold", index)
            if percent:
                yield Sample(metrics.BGP_LIMIT_RATIO, labels, percent / 100)


def decode_ospf(reading: Reading) -> Iterator[Sample]:
    """Neighbours, ports and areas of the process in the reading's VRF."""
    place = (reading.device, reading.vrf)
    states = reading.column("ospfIfState")
    bystander = _OTHER in states.values()
    for index, state in reading.column("ospfNbrState").items():
        neighbor = address_of(split_index(index)[:4])
        if not neighbor or not isinstance(state, int):
            continue
        labels = (*place, neighbor)
        up = state == _FULL or (state == _TWO_WAY and bystander)
        yield Sample(metrics.OSPF_UP, labels, int(up))
        yield Sample(metrics.OSPF_STATE, labels, state)
        router = read_address(reading.column("ospfNbrRtrId").get(index))
        if router:
            yield Sample(metrics.OSPF_INFO, (*labels, router), 1)
        yield from _numbers(reading, index, labels, (metrics.OSPF_EVENTS, "ospfNbrEvents"))
        yield from _numbers(reading, index, labels, (metrics.OSPF_QUEUE, "ospfNbrLsRetransQLen"))
    for index, state in states.items():
        address = address_of(split_index(index)[:4])
        if address and isinstance(state, int):
            area = _area(reading.column("ospfIfAreaId").get(index))
            yield Sample(metrics.OSPF_INTERFACE, (*place, address, area), state)
    for index in reading.column("ospfSpfRuns"):
        labels = (*place, ".".join(str(part) for part in split_index(index)))
        yield from _numbers(reading, index, labels, (metrics.OSPF_SPF, "ospfSpfRuns"))
        yield from _numbers(reading, index, labels, (metrics.OSPF_LSAS, "ospfAreaLsaCount"))


def _area(value: Value) -> str:
    return ".".join(str(part) for part in value) if isinstance(value, bytes) else ""


def _numbers(
    reading: Reading, index: bytes, labels: tuple[str, ...], source: tuple[Metric, str]
) -> Iterator[Sample]:
    value = reading.number(source[1], index)
    if value is not None:
        yield Sample(source[0], labels, value)


def decode_hsrp(reading: Reading) -> Iterator[Sample]:
    """Groups by interface and number; a group without standby router is one failure from the end."""
    names = dict(reading.interfaces())
    for index, state in reading.column("cHsrpGrpStandbyState").items():
        key = split_index(index)
        if len(key) != 2 or not isinstance(state, int):
            continue
        name = names.get(encode_numbers(key[:1]), "")
        if not name:
            continue
        labels = (reading.device, name, str(key[1]))
        active = state == _ACTIVE or read_address(reading.column("cHsrpGrpActiveRouter").get(index)) != ""
        standby = state == _STANDBY or read_address(reading.column("cHsrpGrpStandbyRouter").get(index)) != ""
        yield Sample(metrics.HSRP_STATE, labels, state)
        yield Sample(metrics.HSRP_ACTIVE, labels, int(state == _ACTIVE))
        yield Sample(metrics.HSRP_COMPLETE, labels, int(active and standby))
        yield from _numbers(reading, index, labels, (metrics.HSRP_PRIORITY, "cHsrpGrpPriority"))
        address = read_address(reading.column("cHsrpGrpVirtualIpAddr").get(index))
        if address:
            yield Sample(metrics.HSRP_INFO, (*labels, address), 1)


def decode_bfd(reading: Reading) -> Iterator[Sample]:
    """Sessions by interface and peer; the session's number keeps apart what has neither."""
    names = dict(reading.interfaces())
    for index, state in reading.column("ciscoBfdSessState").items():
        port = reading.number("ciscoBfdSessInterface", index)
        name = names.get(encode_numbers((port,)), "") if port and port > 0 else ""
        peer = read_address(reading.column("ciscoBfdSessAddr").get(index))
        session = "" if name and peer else str(split_index(index)[0])
        yield Sample(metrics.BFD_UP, (reading.device, name, peer, session), int(state == _BFD_UP))
