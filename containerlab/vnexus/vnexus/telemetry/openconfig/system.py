"""``openconfig-system``: name, time, processor, memory."""

from __future__ import annotations

import datetime as dt
from functools import partial

from vnexus.exec.show.processes import Process, processes
from vnexus.telemetry.openconfig.view import View, nanoseconds
from vnexus.telemetry.tree import Branch, Listing, Rows


def system(view: View) -> Branch:
    return {
        "config": partial(_config, view),
        "state": partial(_state, view),
        "cpus": {"cpu": Listing(("index",), {("ALL",): partial(_cpu, view)})},
        "memory": partial(_memory, view),
        "processes": partial(_processes, view),
    }


def _config(view: View) -> Branch:
    return {"hostname": view.node.config.hostname}


def _state(view: View) -> Branch:
    now = dt.datetime.fromtimestamp(view.world.now(), dt.UTC)
    return {
        "hostname": view.node.config.hostname,
        "current-datetime": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "boot-time": nanoseconds(view.world.booted_at(view.name)),
        "software-version": view.node.release.version,
    }


def _cpu(view: View) -> Branch:
    busy = view.world.cpu_percent(view.name)
    return {
        "index": "ALL",
        "state": {"index": "ALL", "total": {"instant": busy}, "idle": {"instant": 100 - busy}},
    }


def _processes(view: View) -> Branch:
    busy = view.world.cpu_percent(view.name)
    rows: Rows = {(str(found.pid),): partial(_process, found, busy) for found in processes(view.node)}
    return {"process": Listing(("pid",), rows)}


def _process(found: Process, busy: int) -> Branch:
    state: Branch = {"pid": found.pid, "name": found.name, "cpu-utilization": round(busy * found.share)}
    return {"pid": found.pid, "state": state}


def _memory(view: View) -> Branch:
    """Bytes."""
    used, free = view.world.memory_kilobytes(view.name)
    return {"state": {"physical": (used + free) * 1024, "used": used * 1024, "free": free * 1024}}
