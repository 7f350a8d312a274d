"""What pyATS, unicon and genie make of a switch; runs in the environment of ``make judges``.

Reads one request as JSON from standard input and writes one reply: per command what genie parsed, or why not.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from genie.testbed import load


def connect(request: dict[str, Any]) -> Any:
    """A connected device, as its owner would write it in a testbed file."""
    name = request["hostname"]
    arguments = {"init_config_commands": []} if request.get("quiet") else {}
    connection = {
        "protocol": "ssh", "ip": request["address"], "port": request["port"], "arguments": arguments,
        "ssh_options": "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null",
    }  # fmt: skip
    device = {
        "os": "nxos", "platform": request["platform"], "type": "switch", "connections": {"cli": connection},
        "credentials": {"default": {"username": request["user"], "password": request["password"]}},
    }  # fmt: skip
    found = load({"devices": {name: device}}).devices[name]
    found.connect(log_stdout=False)
    return found


def tried(action: Any, *arguments: Any) -> dict[str, Any]:
    """``{"ok": …}`` or ``{"error": …}``: a judge says everything, whatever his library raises."""
    try:
        return {"ok": action(*arguments)}
    except Exception as exc:  # noqa: BLE001 - whatever a library raises is its verdict
        return {"error": f"{type(exc).__name__}: {exc}"}


def learnt(device: Any, feature: str) -> Any:
    return device.learn(feature).to_dict().get("info", {})


def judge(request: dict[str, Any]) -> dict[str, Any]:
    device = connect(request)
    reply: dict[str, Any] = {
        "parsed": {line: tried(device.parse, line) for line in request.get("parse", ())},
        "executed": {line: tried(device.execute, line) for line in request.get("execute", ())},
        "configured": {text: tried(device.configure, text) for text in request.get("configure", ())},
        "learnt": {feature: tried(learnt, device, feature) for feature in request.get("learn", ())},
    }
    device.disconnect()
    return reply


if __name__ == "__main__":
    answers = [tried(judge, request) for request in json.load(sys.stdin)]
    sys.stdout.write("\n" + json.dumps(answers, default=str) + "\n")
