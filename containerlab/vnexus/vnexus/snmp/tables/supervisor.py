"""Supervisors (CISCO-RF-MIB), memory pools, and the agent's own counters (SNMPv2-MIB, USM)."""

from __future__ import annotations

from collections.abc import Callable

from vnexus.snmp import ber
from vnexus.snmp.index import Reader, Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View
from vnexus.world.faults import SupervisorFail

RF = f"{CISCO}.176.1.1"
POOL, CPU = f"{CISCO}.221.1.1.1.1", f"{CISCO}.109.1.1.1.1"
ACTIVE, STANDBY_HOT, DISABLED, NOT_KNOWN = 14, 9, 2, 1
CPU_MODULE = 22


def supervisor_rows(view: View) -> Rows:
    """Who is active; a fixed switch has no peer."""
    rows = Rows()
    slots = [module.slot for module in view.model.modules if module.supervisor]
    two = len(slots) > 1
    values = {
        1: slots[0] if slots else 1, 2: ACTIVE, 3: slots[1] if two else 0,
        4: _peer(view) if two else NOT_KNOWN,
        5: 1, 6: 1 if two else 2, 7: 2, 8: 2,
    }  # fmt: skip
    for number, value in values.items():
        rows.scalar(f"{RF}.{number}", ber.integer(value) if isinstance(value, int) else value)
    rows.scalar(f"{RF}.9", ber.ticks(0))
    _memory(rows, view)
    return rows


def _peer(view: View) -> Reader:
    """State of the second supervisor."""
    board, node = view.world.board, view.node
    return lambda _: ber.integer(DISABLED if node in board.of(SupervisorFail) else STANDBY_HOT)


def _memory(rows: Rows, view: View) -> None:
    """One pool of the supervisor; kilobytes for the processor's table, bytes for the pool's."""
    world, node = view.world, view.node

    def used(place: int, factor: int, *, wide: bool = False) -> Reader:
        encode = ber.counter64 if wide else ber.gauge32
        return lambda _: encode(world.memory_kilobytes(node)[place] * factor)

    fill(rows, POOL, at(CPU_MODULE, 1), {
        2: ber.oid(f"{CISCO}.221.2.1"), 3: ber.text("processor"), 4: ber.oid("0.0"), 5: ber.integer(1),
        6: ber.integer(1), 7: used(0, 1024), 8: used(1, 1024), 9: used(1, 1024),
        18: used(0, 1024, wide=True), 20: used(1, 1024, wide=True), 22: used(1, 1024, wide=True),
    })  # fmt: skip
    percent: Reader = lambda _: ber.gauge32(world.cpu_percent(node))  # noqa: E731 - a reader as the others are
    fill(rows, CPU, at(1), {3: percent, 4: percent, 5: percent, 9: ber.gauge32(5), 10: percent,
                            17: used(0, 1, wide=True), 19: used(1, 1, wide=True)})  # fmt: skip


Counter = Callable[[str], int]
"""Value of one of the agent's counters by name."""

_SNMP = {1: "in", 2: "out", 3: "version", 4: "community", 5: "uses", 6: "malformed", 31: "silent"}
_USM = ("level", "window", "user", "engine", "digest", "decryption")


def agent_rows(counter: Counter) -> Rows:
    """What the agent counts about itself."""
    rows = Rows()
    for number, name in _SNMP.items():
        rows.scalar(f"1.3.6.1.2.1.11.{number}", _count(counter, name))
    rows.scalar("1.3.6.1.2.1.11.30", ber.integer(1))
    rows.scalar("1.3.6.1.2.1.11.32", ber.counter32(0))
    for number, name in enumerate(_USM, 1):
        rows.scalar(f"1.3.6.1.6.3.15.1.1.{number}", _count(counter, name))
    return rows


def _count(counter: Counter, name: str) -> Reader:
    return lambda _: ber.counter32(counter(name))
