"""Commands about the session itself."""

from __future__ import annotations

from vnexus.config.session import ConfigSession
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command


@command("terminal")
def terminal(call: Call) -> Output:
    width = call.get("24-511")
    if width:
        call.shell.width = int(width)
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


@command("configure")
def configure(call: Call) -> Output:
    call.shell.configuring = ConfigSession(call.node.config)
    return Output("Enter configuration commands, one per line. End with CNTL/Z.")


@command("end")
def end(call: Call) -> Output:
    call.shell.configuring = None
    return Output()


@command("exit")
def leave(call: Call) -> Output:
    session = call.shell.configuring
    if session is None:
        return Output(closes=True)
    if not session.exit():
        call.shell.configuring = None
    return Output()
