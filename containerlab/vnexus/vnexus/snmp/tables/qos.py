"""CISCO-CLASS-BASED-QOS-MIB: policies on interfaces, their classes with shares of the port's traffic.

How much of a port's traffic a class is follows from what is attached: voice from telephones, video from
cameras, the rest is default. A class of another name gets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from vnexus.snmp import ber
from vnexus.snmp.index import Reader, Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View
from vnexus.world import traffic
from vnexus.world.traffic import Meter

POLICY, OBJECT, NAME = f"{CISCO}.166.1.1.1.1", f"{CISCO}.166.1.5.1.1", f"{CISCO}.166.1.7.1.1"
POLICY_NAME, STATS, QUEUE = f"{CISCO}.166.1.6.1.1", f"{CISCO}.166.1.15.1.1", f"{CISCO}.166.1.18.1.1"
POLICY_MAP, CLASS_MAP, QUEUEING = 1, 2, 4
ZERO = ber.counter64(0)
SHARES = (("voi", 30), ("video", 450), ("camera", 450), ("cctv", 450), ("control", 10), ("default", 500))
"""Beginning or part of a class's name, thousandths of the traffic."""


def qos_rows(view: View) -> Rows:
    """Service policies of interfaces; fabric-wide ones on ports that are up and not access ports."""
    rows = Rows()
    lines = view.snapshot.config.lines()
    maps = {line.split()[-1]: line for line in lines if line.startswith("policy-map ")}
    named: dict[str, int] = {}
    for number, (name, policy, egress) in enumerate(_bound(view), 1):
        header = maps.get(policy)
        if header is None:
            continue
        index = view.if_index(name)
        fill(rows, POLICY, at(number), {
            2: ber.integer(1), 3: ber.integer(2 if egress else 1), 4: ber.integer(index), 5: ber.integer(0),
            6: ber.integer(0),
        })  # fmt: skip
        meter = view.world.meter(view.node, name)
        config = named.setdefault(f"policy {policy}", 1000 + len(named))
        _object(rows, (number, 1), (config, POLICY_MAP, 0))
        fill(rows, POLICY_NAME, at(config), {1: ber.text(policy)})
        classes = [
            line.split()[-1] for line in view.snapshot.config.lines(header) if line.startswith("class ")
        ]
        for position, called in enumerate(classes, 2):
            config = named.setdefault(f"class {called}", 1000 + len(named))
            _object(rows, (number, position), (config, CLASS_MAP, 1))
            fill(rows, NAME, at(config), {1: ber.text(called), 3: ber.integer(2)})
            _class(rows, (number, position), meter, called, egress=egress)
    return rows


def _bound(view: View) -> Iterator[tuple[str, str, bool]]:
    """(interface, policy, egress)"""
    config = view.snapshot.config
    system = [
        line.split() for line in config.lines("system qos") if line.startswith("service-policy type qu")
    ]
    for name, state in view.states.items():
        if not name.startswith("Ethernet") or "." in name:
            continue
        for line in config.lines(f"interface {name}"):
            words = line.split()
            if words[:2] == ["service-policy", "type"]:
                yield name, words[4], words[3] == "output"
        for words in system if state.up and view.snapshot.effective(name).mode != "access" else ():
            yield name, words[4], words[3] == "output"


def _object(rows: Rows, place: tuple[int, int], what: tuple[int, int, int]) -> None:
    config, kind, parent = what
    fill(rows, OBJECT, at(*place), {2: ber.gauge32(config), 3: ber.integer(kind), 4: ber.gauge32(parent)})


def _class(rows: Rows, place: tuple[int, int], meter: Meter, name: str, *, egress: bool) -> None:
    share = next((share for part, share in SHARES if part in name.lower()), 0)
    packets, size = (
        (traffic.TX_UNICAST, traffic.TX_BYTES) if egress else (traffic.RX_UNICAST, traffic.RX_BYTES)
    )
    drops = traffic.TX_DISCARDS if egress and "default" in name.lower() else None

    def part(column: int) -> Reader:
        return lambda now_us: ber.counter64(meter.read(column, now_us) * share // 1000)

    dropped: bytes | Reader = ZERO
    bytes_read = part(size)
    if drops is not None:
        dropped = lambda now_us: ber.counter64(meter.read(drops, now_us))  # noqa: E731 - a reader as the others are
    fill(rows, STATS, at(*place), {
        3: part(packets), 6: bytes_read, 10: bytes_read, 14: dropped, 17: ZERO,
    })  # fmt: skip
    if egress:
        fill(rows, QUEUE, at(*place), {1: ber.gauge32(0), 2: ber.gauge32(0), 8: dropped})
