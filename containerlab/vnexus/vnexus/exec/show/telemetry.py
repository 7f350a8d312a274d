"""gNMI and dial-out telemetry: what is configured, what is connected, what was read and sent.

The tables are those of Cisco's programmability guide; no recording stands behind their spacing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.servers.certificate import LIFETIME
from vnexus.telemetry.mdt.settings import Settings, read_settings

if TYPE_CHECKING:
    from vnexus.node import Node
    from vnexus.telemetry.status import Session

LINE = "-" * 80
Row = dict[str, str]


def _settings(node: Node) -> Settings:
    return read_settings(node.config.root)


def _table(title: str, columns: dict[str, tuple[str, int]], rows: list[Row], name: str) -> Output:
    """``columns``: key in the structure to title and width."""
    heads = "".join(head.ljust(width) for head, width in columns.values()).rstrip()
    lines = [*([title] if title else []), LINE, heads, LINE]
    lines += ["".join(row[key].ljust(width) for key, (_, width) in columns.items()).rstrip() for row in rows]
    return Output("\n".join([*lines, ""]), rows_of(name, rows))


# -- control database ---------------------------------------------------------------------------------


@command("show-telemetry-database")
def show_telemetry_database(call: Call) -> Output:
    """All its parts, or one."""
    parts: dict[str, Callable[[Node], Output]] = {
        "subscriptions": _subscriptions,
        "sensor-groups": _sensor_groups,
        "sensor-paths": _sensor_paths,
        "destination-groups": _destination_groups,
        "destinations": _destinations,
    }
    wanted = [part for part in parts if call.said(part)] or list(parts)
    outputs = [parts[part](call.node) for part in wanted]
    body: dict[str, Any] = {}
    for output in outputs:
        body |= output.body or {}
    return Output("\n".join(output.text for output in outputs), body)


def _subscriptions(node: Node) -> Output:
    rows = []
    for said in _settings(node).subscriptions:
        sources = dict.fromkeys(path.source for one in said.samplings for path in one.paths)
        rows.append({"sub_id": said.number, "data_collector": " ".join(sources) or "None"})
    columns = {"sub_id": ("Subscription ID", 21), "data_collector": ("Data Collector Type", 20)}
    return _table(f"Subscription Database size = {len(rows)}", columns, rows, "subscription")


def _sensor_groups(node: Node) -> Output:
    settings = _settings(node)
    running = "Running" if node.telemetry.sessions else "Not running"
    rows = []
    for name in settings.groups:
        uses = [one.seconds for said in settings.subscriptions for one in said.samplings if one.group == name]
        every = ", ".join(f"{round(seconds * 1000)}({running})" for seconds in uses if seconds)
        kind = "Event" if uses and not any(uses) else "Timer"
        rows.append({"sgrp_id": name, "type": kind, "sampling": every or "NA", "linked": str(len(uses))})
    columns = {"sgrp_id": ("Sensor Group ID", 17), "type": ("Sensor Group type", 19),
               "sampling": ("Sampling interval(ms)", 23), "linked": ("Linked subscriptions", 20)}  # fmt: skip
    return _table(f"Sensor Group Database size = {len(rows)}", columns, rows, "sensor_group")


def _sensor_paths(node: Node) -> Output:
    settings = _settings(node)
    rows = [
        {"filter": "Yes" if one.filtered else "No",
         "linked": str(sum(other.path == one.path for other in settings.sensors)),
         "depth": {0: "Self", 1 << 16: "Full"}.get(one.depth, str(one.depth)), "path": one.path}
        for one in settings.sensors
    ]  # fmt: skip
    columns = {"filter": ("Subscribed Query Filter", 25), "linked": ("Linked Groups", 15),
               "depth": ("Retrieve level", 16), "path": ("Sensor Path", 24)}  # fmt: skip
    return _table(f"Sensor Path Database size = {len(rows)}", columns, rows, "sensor_path")


def _destination_groups(node: Node) -> Output:
    settings = _settings(node)
    names = dict.fromkeys(one.group for one in settings.destinations)
    rows = [
        {"dgrp_id": name, "refcount": str(sum(any(one.group == name for one in said.destinations)
                                              for said in settings.subscriptions))}
        for name in names
    ]  # fmt: skip
    columns = {"dgrp_id": ("Destination Group ID", 22), "refcount": ("Refcount", 10)}
    return _table(f"Destination Group Database size = {len(rows)}", columns, rows, "dest_group")


def _destinations(node: Node) -> Output:
    rows = [
        {"ip": one.address, "port": str(one.port), "encoding": one.encoding, "transport": one.protocol,
         "count": "1"}
        for one in _settings(node).destinations
    ]  # fmt: skip
    columns = {"ip": ("Dst IP Addr", 16), "port": ("Dst Port", 11), "encoding": ("Encoding", 11),
               "transport": ("Transport", 11), "count": ("Count", 6)}  # fmt: skip
    return _table(f"Destination Database size = {len(rows)}", columns, rows, "dest")


# -- collectors and transports ------------------------------------------------------------------------


@command("show-telemetry-collector")
def show_telemetry_collector(call: Call) -> Output:
    paths = call.node.telemetry.paths
    if call.said("details"):
        rows = [{"succ": str(one.good), "fail": str(one.failed), "path": path} for path, one in paths.items()]
        columns = {"succ": ("Succ Collections", 19), "fail": ("Failed Collections", 21),
                   "path": ("Sensor Path", 30)}  # fmt: skip
        return _table("", columns, rows, "collector")
    totals: dict[str, tuple[int, int]] = {}
    for one in paths.values():
        good, failed = totals.get(one.source, (0, 0))
        totals[one.source] = (good + one.good, failed + one.failed)
    rows = [{"type": kind, "succ": str(good), "fail": str(bad)} for kind, (good, bad) in totals.items()]
    columns = {"type": ("Collector Type", 17), "succ": ("Successful Collections", 25),
               "fail": ("Failed Collections", 20)}  # fmt: skip
    return _table("", columns, rows, "collector")


@command("show-telemetry-transport")
def show_telemetry_transport(call: Call) -> Output:
    """All sessions, or one in detail."""
    sessions = call.node.telemetry.sessions
    number = call.get("session")
    if number is not None:
        found = next((one for one in sessions if str(one.number) == number), None)
        if found is None:
            return Output(f"Session {number} does not exist", error=True)
        return _session(call.node, found)
    rows = [
        {"session": str(one.number), "ip": one.address, "port": str(one.port), "encoding": one.encoding,
         "transport": one.transport, "status": one.status}
        for one in sessions
    ]  # fmt: skip
    columns = {"session": ("Session Id", 16), "ip": ("IP Address", 16), "port": ("Port", 11),
               "encoding": ("Encoding", 11), "transport": ("Transport", 11), "status": ("Status", 15)}  # fmt: skip
    return _table("", columns, rows, "transport")


def _session(node: Node, one: Session) -> Output:
    def stamp(at: float | None) -> str:
        return "None" if at is None else f"{node.stamp(at)} UTC"

    body = {"session": str(one.number), "address": f"{one.address}:{one.port}", "encoding": one.encoding,
            "transport": one.transport, "status": one.status, "tls": "Enabled" if one.tls else "Disabled",
            "last_connected": stamp(one.connected_at), "tx_count": str(one.sent),
            "tx_bytes": str(one.bytes_sent), "last_tx": stamp(one.last_sent_at),
            "tx_error_count": str(one.errors), "last_tx_error": stamp(one.last_error_at),
            "reason": one.problem or "None"}  # fmt: skip
    titles = ("Session Id:", "IP Address:Port", "Encoding:", "Transport:", "Status:", "TLS:", "Last Connected:",
              "Transmit Count:", "Transmit Bytes:", "Last TX time:", "Tx Error Count:", "Last Tx Error:",
              "Last Tx Error Reason:")  # fmt: skip
    lines = [f"{title:<23}{value}" for title, value in zip(titles, body.values(), strict=True)]
    return Output("\n".join(["", *lines, ""]), body)


# -- gNMI ---------------------------------------------------------------------------------------------


@command("show-gnmi-statistics")
def show_gnmi_statistics(call: Call) -> Output:
    node = call.node
    found = node.telemetry.gnmi
    if found is None:
        return Output("gRPC server is not running", error=True)

    def stamp(at: float) -> str:
        return time.strftime("%b %e %H:%M:%S %Y GMT", time.gmtime(at))

    day = 86_400.0
    limit = node.config.root.value("grpc", "gnmi", "max-concurrent-calls") or "8"
    body = {
        "vrf": "management", "server_address": f"[::]:{found.port}",
        "cert_not_before": stamp(found.opened_at - day),
        "cert_not_after": stamp(found.opened_at + LIFETIME.total_seconds()),
        "client_cert_not_before": "n/a", "client_cert_not_after": "n/a", "max_concurrent_calls": limit,
        "listen_calls": "1", "active_calls": str(found.active), "capability_calls": str(found.capabilities),
        "get_calls": str(found.get), "set_calls": str(found.set), "subscribe_calls": str(found.subscribe),
        "errors": str(found.errors),
    }  # fmt: skip
    titles = ("Vrf", "Server address", "Cert notBefore", "Cert notAfter", "Client Root Cert notBefore",
              "Client Root Cert notAfter", "Max concurrent calls", "Listen calls", "Active calls",
              "Number of capability calls", "Number of get calls", "Number of set calls",
              "Number of subscribe calls", "Number of bad calls")  # fmt: skip
    head = ["=============", "gRPC Endpoint", "=============", ""]
    lines = [f"{title:<34}: {value}" for title, value in zip(titles, body.values(), strict=True)]
    return Output("\n".join([*head, *lines, ""]), body)
