"""Configuration as text: running, startup, parts of them; saving."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from vnexus.exec.filters import unquote
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command
from vnexus.exec.topics import TOPICS, lines_of, stanzas
from vnexus.grammar.names import vlan_set

if TYPE_CHECKING:
    from vnexus.node import Node

COPY_DONE = (
    "[########################################] 100%\n"
    "Copy complete, now saving to disk (please wait)...\nCopy complete."
)


@command("show-running")
def show_running(call: Call) -> Output:
    full = call.said("all")
    return Output(
        call.node.running_text("show running-config all" if full else "show running-config", full=full)
    )


@command("show-running-interface")
def show_running_interface(call: Call) -> Output:
    """Those named, or all, each below a blank line."""
    node, full = call.node, call.said("all")
    asked = call.get("interfaces")
    names = asked.split(",") if asked else list(node.config.interfaces())
    body: list[str] = []
    for name in names:
        if ("interface", name) not in node.config.root.entries:
            return Output("^\nInvalid range at '^' marker.", error=True)
        body += ["", *node.config.interface_lines(name, full=full)]
    words = [
        "show running-config interface",
        *([",".join(names)] if asked else []),
        *(["all"] if full else []),
    ]
    return _part(node, " ".join(words), body)


@command("show-running-topic")
def show_running_topic(call: Call) -> Output:
    node, full = call.node, call.said("all")
    topic = call.match.pieces[2].text
    lines = lines_of(TOPICS[topic], node.config.lines_of(full=full))
    wanted = call.get("vlans")
    if wanted:
        numbers = vlan_set(wanted) or frozenset()
        lines = [
            line
            for head, below in stanzas(lines)
            if (vlan_set(head.removeprefix("vlan ")) or frozenset()) & numbers
            for line in (head, *below)
        ]
    return _part(node, call.match.text, ["", *lines])


@command("show-running-section")
def show_running_section(call: Call) -> Output:
    """The stanzas whose first line fits, whole."""
    node = call.node
    startup = call.match.pieces[1].text == "startup-config"
    try:
        pattern = re.compile(unquote(call.get("line") or ""))
    except re.error:
        return Output("% Invalid regular expression", error=True)
    lines = node.startup_lines() if startup else node.config.lines_of()
    found = [line for head, below in stanzas(lines) if pattern.search(head) for line in (head, *below)]
    return _part(node, call.match.text, ["", *found])


def _part(node: Node, command: str, body: list[str]) -> Output:
    return Output(node.header(command) + "\n".join(body) + "\n")


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
    if words := call.node.faults.unwritten():
        return Output(words, error=True)
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
