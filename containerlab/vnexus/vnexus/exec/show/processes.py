"""Processes: which of them run follows from the features."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.node import Node

_ALWAYS = ("init", "sysmgr", "vshd", "netstack", "snmpd", "ethpm", "stp", "cdp", "urib", "pktmgr")
_BY_FEATURE = {
    "ospf": "ospf", "ospfv3": "ospfv3", "bgp": "bgp", "eigrp": "eigrp", "isis": "isis", "pim": "pim",
    "lldp": "lldp", "lacp": "lacp", "vpc": "vpc", "hsrp": "hsrp_engine", "nxapi": "nginx_1_fe",
    "grpc": "grpc-nxsdk", "telemetry": "telemetry", "scheduler": "scheduler", "udld": "udld",
    "interface-vlan": "interface-vlan", "dhcp": "dhcp_snoop", "bfd": "bfd", "tacacs+": "tacacs",
}  # fmt: skip
THREADS = 60
"""Kernel threads and helpers for every process that is listed."""
MEMORY_LIMIT = 4_294_967_295


@dataclass(frozen=True, slots=True)
class Process:
    """``share`` is its part of all that the processes do, between 0 and 1."""

    pid: int
    name: str
    share: float

    @property
    def address(self) -> str:
        """The base of its stack."""
        return f"ff{zlib.crc32(self.name.encode()) & 0xFFFFF0:06x}"


def processes(node: Node) -> list[Process]:
    names = [*_ALWAYS, *(name for feature, name in _BY_FEATURE.items() if node.config.feature(feature))]
    weights = [1 + zlib.crc32(name.encode()) % 9 for name in names]
    return [
        Process(1 + number * 311, name, weight / sum(weights))
        for number, (name, weight) in enumerate(zip(names, weights, strict=True))
    ]


@command("show-processes")
def show_processes(call: Call) -> Output:
    rows = [
        {"pid": str(p.pid), "state": "S", "pc": p.address, "start_cnt": "1", "tty": "-", "type": "O",
         "process": p.name}
        for p in processes(call.node)
    ]  # fmt: skip
    lines = ["PID    State  PC        Start_cnt    TTY   Type  Process",
             "-----  -----  --------  -----------  ----  ----  -------------"]  # fmt: skip
    lines += [
        f"{r['pid']:>5}  {r['state']:>5}  {r['pc']:>8}  {r['start_cnt']:>11}  {r['tty']:>4}  {r['type']:>4}  "
        f"{r['process']}"
        for r in rows
    ]
    return Output("\n".join(lines), rows_of("processes", rows))


def _processor_rows(node: Node) -> list[dict[str, str]]:
    busy = node.world.cpu_percent(node.spec.name)
    up = int(node.clock.now() - node.booted_at())
    return [
        {"pid": str(p.pid), "runtime": str(int(up * 10 * busy / 100 * p.share) + 100),
         "invoked": str(int(up * p.share * 20) + 50), "usecs": str(int(10 * p.share)),
         "onesec": f"{busy * p.share:.2f}", "process": p.name}
        for p in processes(node)
    ]  # fmt: skip


@command("show-processes-cpu")
def show_processes_cpu(call: Call) -> Output:
    rows = _processor_rows(call.node)
    busy = call.node.world.cpu_percent(call.node.spec.name)
    user, kernel = busy * 0.6, busy * 0.4
    summary = (
        f"CPU utilization for five seconds: {busy}%/{busy // 8}%; one minute: {busy}%; five minutes: {busy}%"
    )
    lines = [summary, "", "PID    Runtime(ms)  Invoked   uSecs  1Sec    Process",
             "-----  -----------  --------  -----  ------  -----------"]  # fmt: skip
    lines += [
        f"{r['pid']:>5}  {r['runtime']:>11}  {r['invoked']:>8}  {r['usecs']:>5}  {r['onesec']:>5}%  {r['process']}"
        for r in rows
    ]
    lines += ["", f"CPU util  :    {user:.2f}% user,   {kernel:.2f}% kernel,   {100 - busy:.2f}% idle",
              "Please note that only processes from the requested vdc are shown above"]  # fmt: skip
    extra = {
        "fivesec_percent": str(busy), "fivesec_intr_percent": str(busy // 8), "onemin_percent": str(busy),
        "fivemin_percent": str(busy), "user_percent": f"{user:.2f}", "kernel_percent": f"{kernel:.2f}",
        "idle_percent": f"{100 - busy:.2f}",
    }  # fmt: skip
    return Output("\n".join(lines), {**rows_of("process_cpu", rows), **extra})


@command("show-processes-memory")
def show_processes_memory(call: Call) -> Output:
    used, _ = call.node.world.memory_kilobytes(call.node.spec.name)
    rows = [
        {"pid": str(p.pid), "mem_alloc": str(int(used * 1024 * p.share * 0.2)), "mem_limit": str(MEMORY_LIMIT),
         "mem_used": str(int(used * 1024 * p.share)), "stack_base_ptr": f"{p.address}/{p.address}",
         "process": p.name}
        for p in processes(call.node)
    ]  # fmt: skip
    lines = ["PID    MemAlloc  MemLimit    MemUsed     StackBase/Ptr      Process",
             "-----  --------  ----------  ----------  -----------------  ----------------"]  # fmt: skip
    lines += [
        f"{r['pid']:>5}  {r['mem_alloc']:>8}  {r['mem_limit']:>10}  {r['mem_used']:>10}  {r['stack_base_ptr']:<17}"
        f"  {r['process']}"
        for r in rows
    ]
    total = str(sum(int(r["mem_alloc"]) for r in rows))
    lines += ["", f"All processes: MemAlloc = {total}"]
    return Output("\n".join(lines), {**rows_of("process_memory", rows), "mem_alloc_all": total})


@command("show-memory-shared")
def show_memory_shared(call: Call) -> Output:
    used, free = call.node.world.memory_kilobytes(call.node.spec.name)
    row = {"process-memory-share-component": "All", "process-memory-share-total-shm-avail": str(free // 100),
           "process-memory-share-total-shm-used": str(used // 100)}  # fmt: skip
    text = (f"Component      Shared Memory       Size       Used  Available\nSummary (Kbytes)         "
            f"{(used + free) // 100:>10} {used // 100:>10} {free // 100:>10}")  # fmt: skip
    return Output(text, rows_of("process_tag", [row]))
