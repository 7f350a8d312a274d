"""``show logging``: what happened. ``show redundancy``: which supervisor is active."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.node import Node
    from vnexus.world.journal import Entry

LOGFILE_SEVERITY = 5
FACILITIES = (
    ("aaa", 3), ("acllog", 2), ("auth", 0), ("bgp", 5), ("cdp", 2), ("cfs", 3), ("eth_port_channel", 5),
    ("ethpm", 5), ("hsrp_engine", 5), ("igmp", 5), ("interface-vlan", 2), ("ip", 3), ("kernel", 3), ("l2fm", 2),
    ("lacp", 2), ("lldp", 2), ("local7", 3), ("monitor", 3), ("ntp", 2), ("ospf", 5), ("pim", 5), ("platform", 5),
    ("port", 5), ("spanning-tree", 3), ("syslog", 3), ("vlan_mgr", 2), ("vpc", 2), ("vshd", 5),
)  # fmt: skip
"""Facility and default severity."""


def _limit(node: Node) -> int:
    """``logging logfile NAME SEVERITY``"""
    line = next((text for text in node.config.lines() if text.startswith("logging logfile ")), "")
    words = line.split()
    return int(words[3]) if len(words) > 3 and words[3].isdigit() else LOGFILE_SEVERITY


def log_lines(node: Node) -> list[str]:
    """As the log file has them, the oldest first."""
    entries = node.journal.entries(node.spec.name) if node.journal else []
    return [_line(node, entry) for entry in entries if entry.severity <= _limit(node)]


def _line(node: Node, entry: Entry) -> str:
    stamp = time.strftime("%Y %b %e %H:%M:%S", time.gmtime(node.local_time(entry.at)))
    return f"{stamp} {node.config.hostname} {entry.text}"


@command("show-logging-logfile")
def show_logging_logfile(call: Call) -> Output:
    lines = log_lines(call.node)
    if call.said("last-index"):
        return Output(f"Last sequence number: {len(lines)}")
    count = call.get("number")
    return Output("\n".join(lines[-int(count) :] if count and int(count) else lines))


@command("clear-logging")
def clear_logging(call: Call) -> Output:
    if call.node.journal:
        call.node.journal.clear(call.node.spec.name)
    return Output()


def _state(node: Node, line: str, default: int) -> str:
    entry = node.config.root.get("logging", line)
    if entry is not None and entry.negative:
        return "disabled"
    level = entry.value if entry is not None and entry.value else str(default)
    return f"enabled (Severity: {_SEVERITIES[int(level)]})"


_SEVERITIES = (
    "emergency",
    "alert",
    "critical",
    "error",
    "warning",
    "notification",
    "information",
    "debugging",
)


@command("show-logging-server")
def show_logging_server(call: Call) -> Output:
    return Output("\n".join(_servers(call.node)))


def _servers(node: Node) -> list[str]:
    found = [line.split() for line in node.config.lines() if line.startswith("logging server ")]
    if not found:
        return ["Logging server:                  disabled"]
    lines = ["Logging server:                  enabled"]
    for words in found:
        severity = int(words[3]) if len(words) > 3 and words[3].isdigit() else LOGFILE_SEVERITY
        vrf = words[words.index("use-vrf") + 1] if "use-vrf" in words else "default"
        port = words[words.index("port") + 1] if "port" in words else "514"
        lines += [f"{{{words[2]}}}", f"        server severity:        {_SEVERITIES[severity]}",
                  "        server facility:        local7", f"        server VRF:             {vrf}",
                  f"        server port:            {port}"]  # fmt: skip
    return lines


@command("show-logging-level")
def show_logging_level(call: Call) -> Output:
    wanted = call.get("facility")
    said = dict(re.findall(r"^logging level (\S+) (\d)", "\n".join(call.node.config.lines()), re.MULTILINE))
    lines = ["Facility        Default Severity        Current Session Severity",
             "--------        ----------------        ------------------------"]  # fmt: skip
    lines += [f"{name:<16}        {level:<16}        {said.get(name, level)}"
              for name, level in FACILITIES if wanted in (None, name)]  # fmt: skip
    lines += ["", "0(emergencies)          1(alerts)       2(critical)", "3(errors)               4(warnings)     5(notifications)",
              "6(information)          7(debugging)"]  # fmt: skip
    return Output("\n".join(lines))


@command("show-logging")
def show_logging(call: Call) -> Output:
    """The settings, then the log file."""
    node = call.node
    source = next((line.rsplit(None, 1)[-1] for line in node.config.lines()
                   if line.startswith("logging source-interface ")), None)  # fmt: skip
    lines = ["", f"Logging console:                 {_state(node, 'console', 2)}",
             f"Logging monitor:                 {_state(node, 'monitor', 5)}",
             "Logging linecard:                enabled (Severity: notifications)",
             "Logging timestamp:               Seconds",
             f"Logging source-interface :       {'enabled ' + source if source else 'disabled'}",
             "Logging rate-limit:              enabled", *_servers(node),
             "Logging origin_id :              disabled",
             (f"Logging logfile:                 enabled (Name - messages: Severity - {_SEVERITIES[_limit(node)]} "
             "Size - 4194304)"), ""]  # fmt: skip
    return Output("\n".join([*lines, *log_lines(node)]))


@command("show-redundancy")
def show_redundancy(call: Call) -> Output:
    """Supervisors of a modular switch; a fixed one has none beside it."""
    node = call.node
    supervisors = [module.slot for module in node.model.modules if module.supervisor]
    two = len(supervisors) > 1
    lines = ["Redundancy mode", "---------------", "      administrative:   HA",
             f"         operational:   {'HA' if two else 'None'}", "", "This supervisor (sup-1)",
             "-----------------------", "    Redundancy state:   Active", "    Supervisor state:   Active",
             "      Internal state:   Active with HA standby" if two else
             "      Internal state:   Active with no standby", ""]  # fmt: skip
    if two:
        lines += ["Other supervisor (sup-2)", "------------------------", "    Redundancy state:   Standby",
                  "    Supervisor state:   HA standby", "      Internal state:   HA standby"]  # fmt: skip
    else:
        lines += [
            "Other supervisor (sup-1)",
            "------------------------",
            "    Redundancy state:   Not present",
        ]
    return Output("\n".join(lines))
