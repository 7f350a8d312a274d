"""SNMPv2-MIB, SNMP-FRAMEWORK-MIB, CPU and memory, configuration times."""

from __future__ import annotations

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.index import Rows, at, column
from vnexus.snmp.tables.view import View

_CPU = "1.3.6.1.4.1.9.9.109.1.1.1.1"
_CPU_INDEX = at(1)
CPU_ENTITY = 22


def system_rows(view: View) -> Rows:
    """Scalars of the system group, engine, processor and configuration history."""
    rows = Rows()
    config = view.snapshot.config
    rows.scalar("1.3.6.1.2.1.1.1", ber.text(hardware.sys_descr(view.spec.model, view.spec.profile)))
    rows.scalar("1.3.6.1.2.1.1.2", ber.oid(view.model.sys_object_id))
    rows.scalar("1.3.6.1.2.1.1.3", lambda now_us: ber.ticks(view.up_seconds(now_us)))
    rows.scalar("1.3.6.1.2.1.1.4", ber.text(config.value("snmp-server contact ") or ""))
    rows.scalar("1.3.6.1.2.1.1.5", ber.text(config.hostname))
    rows.scalar("1.3.6.1.2.1.1.6", ber.text(config.value("snmp-server location ") or ""))
    rows.scalar("1.3.6.1.2.1.1.7", ber.integer(70))
    _engine(rows, view)
    _processor(rows, view)
    _history(rows, view)
    return rows


def _engine(rows: Rows, view: View) -> None:
    rows.scalar("1.3.6.1.6.3.10.2.1.1", ber.octets(hardware.engine_id(view.spec.address)))
    rows.scalar("1.3.6.1.6.3.10.2.1.2", ber.integer(view.world.boots(view.node)))
    rows.scalar("1.3.6.1.6.3.10.2.1.3", lambda now_us: ber.integer(int(view.up_seconds(now_us)) & 0x7FFFFFFF))
    rows.scalar("1.3.6.1.6.3.10.2.1.4", ber.integer(1500))


def _processor(rows: Rows, view: View) -> None:
    """CISCO-PROCESS-MIB (percent, kilobytes) and CISCO-SYSTEM-EXT-MIB."""
    world, node = view.world, view.node

    def percent(_: int) -> bytes:
        return ber.gauge32(world.cpu_percent(node))

    def memory(_: int) -> bytes:
        used, free = world.memory_kilobytes(node)
        return ber.gauge32(round(100 * used / (used + free)))

    rows.add(column(f"{_CPU}.2"), _CPU_INDEX, ber.integer(CPU_ENTITY))
    for number in (6, 7, 8):
        rows.add(column(f"{_CPU}.{number}"), _CPU_INDEX, percent)
    rows.add(column(f"{_CPU}.12"), _CPU_INDEX, lambda _: ber.gauge32(world.memory_kilobytes(node)[0]))
    rows.add(column(f"{_CPU}.13"), _CPU_INDEX, lambda _: ber.gauge32(world.memory_kilobytes(node)[1]))
    rows.scalar("1.3.6.1.4.1.9.9.305.1.1.1", percent)
    rows.scalar("1.3.6.1.4.1.9.9.305.1.1.2", memory)
    rows.scalar("1.3.6.1.4.1.9.9.305.1.1.10", lambda now_us: ber.gauge32(int(view.up_seconds(now_us))))


def _history(rows: Rows, view: View) -> None:
    """CISCO-CONFIG-MAN-MIB: sysUpTime of the last change of running, its last save, change of startup."""
    config = view.snapshot.config
    rows.scalar("1.3.6.1.4.1.9.9.43.1.1.1", lambda _: ber.ticks(view.uptime(config.changed_at)))
    rows.scalar("1.3.6.1.4.1.9.9.43.1.1.2", lambda _: ber.ticks(view.uptime(config.saved_at)))
    rows.scalar("1.3.6.1.4.1.9.9.43.1.1.3", lambda _: ber.ticks(view.uptime(config.saved_at)))
