"""Configuration as text: running, startup, parts of them; saving."""

from __future__ import annotations

import difflib
import re

from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command

COPY_DONE = (
    "[########################################] 100%\n"
    "Copy complete, now saving to disk (please wait)...\nCopy complete."
)
TOPICS = {
    "vlan": r"vlan ", "ntp": r"ntp ", "snmp": r"snmp-server |rmon ", "aaa": r"aaa |no password|username ",
    "bgp": r"router bgp|feature bgp", "ospf": r"router ospf|feature ospf", "vpc": r"vpc |feature vpc",
    "acl": r"ip access-list|ipv6 access-list|mac access-list", "spanning-tree": r"spanning-tree ",
    "telemetry": r"telemetry|feature telemetry", "vrf": r"vrf context", "route-map": r"route-map ",
    "tacacs": r"tacacs-server |aaa group server tacacs|feature tacacs",
}  # fmt: skip


@command("show-running")
def show_running(call: Call) -> Output:
    full = call.said("all")
    return Output(
        call.node.running_text("show running-config all" if full else "show running-config", full=full)
    )


@command("show-running-interface")
def show_running_interface(call: Call) -> Output:
    node = call.node
    names = (call.get("interfaces") or "").split(",")
    body: list[str] = []
    for name in names:
        if ("interface", name) not in node.config.root.entries:
            return Output("                                  ^\nInvalid range at '^' marker.", error=True)
        body += ["", *node.config.interface_lines(name)]
    return Output(node.header(f"show running-config interface {','.join(names)}") + "\n".join(body) + "\n")


@command("show-running-topic")
def show_running_topic(call: Call) -> Output:
    node = call.node
    topic = call.match.pieces[2].text
    pattern = re.compile(TOPICS[topic])
    body: list[str] = [""]
    taking = False
    for line in node.config.lines_of(full=call.said("all")):
        if line[:1] != " ":
            taking = pattern.match(line) is not None
        if taking and line:
            body.append(line)
    return Output(node.header(f"show running-config {topic}") + "\n".join(body) + "\n")


@command("show-running-diff")
def show_running_diff(call: Call) -> Output:
    node = call.node
    start, now = node.startup_lines(), node.config.lines_of()
    lines = [
        line.rstrip()
        for line in difflib.context_diff(start, now, "Startup-config", "Running-config", n=3, lineterm="")
    ]
    return Output("\n".join(lines))


@command("show-startup")
def show_startup(call: Call) -> Output:
    text = call.node.startup_text()
    if text is None:
        return Output("No startup configuration", error=False)
    return Output(text)


@command("save")
def save(call: Call) -> Output:
    call.node.save()
    return Output(COPY_DONE)


@command("show-hosts")
def show_hosts(call: Call) -> Output:
    root = call.node.config.root
    lookup = "enabled" if root.get("ip", "domain-lookup") else "disabled"
    domain = root.value("ip", "domain-name") or "not set"
    servers = (root.value("ip", "name-server") or "").split(" use-vrf ")[0].replace(" ", ", ")
    return Output(
        f"DNS lookup {lookup}\nDefault domain for vrf:default is {domain}\n"
        f"Name servers for vrf:default is {servers or '255.255.255.255'}\n\nHost                    Address"
    )


@command("show-hostname")
def show_hostname(call: Call) -> Output:
    name = call.node.full_name()
    return Output(f"{name} ", {"hostname": name})
