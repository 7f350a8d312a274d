"""Commands about the session itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from vnexus.config.session import ConfigSession
from vnexus.config.staged import StagedSession
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command

DIRTY = "Uncommitted changes found, commit them before exiting (yes/no/cancel)? [cancel] "


@command("terminal")
def terminal(call: Call) -> Output:
    width = call.get("24-511")
    if width:
        call.shell.width = int(width)
    timeout = call.get("0-525600")
    if timeout:
        call.shell.timeout = int(timeout)
    length = call.get("0-511")
    if length:
        call.shell.length = int(length)
    return Output()


@command("dont-ask")
def dont_ask(call: Call) -> Output:
    call.shell.ask = False
    return Output()


@command("ask")
def ask(call: Call) -> Output:
    call.shell.ask = True
    return Output()


@command("show-terminal")
def show_terminal(call: Call) -> Output:
    shell = call.shell
    return Output(f'TTY: /dev/pts/0 Type: "vt100"\n'
                  f"Length: {shell.length} lines, Width: {shell.width} columns\n"
                  f"Session Timeout: {shell.timeout} minutes\nEvent Manager CLI event bypass: no\n"
                  f"Redirection mode: ascii\nAccounting log all commands (including show commands): no\n"
                  f"Vlan mutex value: 0\nVlan batch mode: no\n"
                  f"Prompt for confirmation: {'yes' if shell.ask else 'no'}")  # fmt: skip


@command("show-history")
def show_history(call: Call) -> Output:
    """The lines of this session, newest last."""
    wanted = int(call.get("number") or len(call.shell.history))
    numbered = list(enumerate(call.shell.history))[-wanted:] if wanted else []
    return Output("\n".join(f"{number}  {line}" for number, line in numbered))


_TECH = (
    "show version", "show inventory", "show module", "show clock", "show system uptime", "show environment",
    "show feature", "show interface brief", "show interface", "show vlan", "show spanning-tree",
    "show mac address-table", "show port-channel summary", "show lldp neighbors", "show cdp neighbors",
    "show ip interface vrf all", "show ip route vrf all", "show ip arp vrf all", "show ip ospf neighbors",
    "show bgp all summary vrf all", "show hsrp", "show vpc", "show logging logfile", "show running-config",
    "show startup-config",
)  # fmt: skip


@command("show-tech")
def show_tech(call: Call) -> Output:
    """Everything that the support asks for; commands of features that are off are left out."""
    parts = []
    for line in _TECH:
        output = call.shell.look(line)
        if output is not None:
            parts.append(f"`{line}`\n{output.text}")
    return Output("\n".join(parts))


@command("configure")
def configure(call: Call) -> Output:
    return _unless_dirty(call, lambda: _enter(call))


def _enter(call: Call) -> Output:
    call.shell.configuring = ConfigSession(call.node.config)
    return Output("Enter configuration commands, one per line. End with CNTL/Z.")


@command("end")
def end(call: Call) -> Output:
    return _unless_dirty(call, lambda: _leave(call))


@command("exit")
def leave(call: Call) -> Output:
    session = call.shell.configuring
    if session is None:
        return Output(closes=True)
    if session.exit():
        return Output()
    return _unless_dirty(call, lambda: _leave(call))


def _leave(call: Call) -> Output:
    call.shell.configuring = None
    return Output()


def _unless_dirty(call: Call, go: Callable[[], Output]) -> Output:
    """Ask about lines that were staged and not committed; only a commit that succeeds lets one go."""
    session = call.shell.configuring
    if not isinstance(session, StagedSession) or not session.buffer:
        return go()

    def decide(answer: str) -> Output:
        if answer in {"n", "no"}:
            return go()
        if answer not in {"y", "yes"}:
            return Output()
        said = call.shell.run("commit")
        return said if said.error else replace(go(), text=said.text)

    return call.shell.inquire(DIRTY, decide)
