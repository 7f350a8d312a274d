"""reload and write erase."""

from __future__ import annotations

from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command

REBOOT_SECONDS = 5.0


@command("reload")
def reload(call: Call) -> Output:
    node = call.node

    def do() -> Output:
        node.world.reboot(node.spec.name, seconds=REBOOT_SECONDS)
        return Output(closes=True)

    return call.shell.confirm("This command will reboot the system. (y/n)?  [n] ", do)


@command("write-erase")
def write_erase(call: Call) -> Output:
    node = call.node

    def do() -> Output:
        node.startup = None
        return Output()

    return call.shell.confirm(
        "Warning: This command will erase the startup-configuration.\n"
        "Do you wish to proceed anyway? (y/n)  [n] ", do
    )  # fmt: skip
