"""What scrapli 2 makes of a switch, by either of its transports; runs in the environment of ``make judges``.

Reads one request as JSON from standard input and writes one reply.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from scrapli import AuthOptions, Cli, TransportBinOptions, TransportSsh2Options


def judge(request: dict[str, Any]) -> dict[str, Any]:
    transport = TransportSsh2Options() if request["transport"] == "ssh2" else TransportBinOptions()
    connection = Cli(
        definition_file_or_name="cisco_nxos", host=request["address"], port=request["port"],
        auth_options=AuthOptions(username=request["user"], password=request["password"]),
        transport_options=transport,
    )  # fmt: skip
    with connection as cli:
        shown = cli.send_inputs(inputs=request["show"])
        configured = cli.send_inputs(inputs=request["configure"], requested_mode="configuration")
        refused = cli.send_inputs(inputs=request["refused"], requested_mode="configuration")
        return {
            "prompt": cli.get_prompt().result, "shown": shown.results, "failed": shown.failed,
            "configured": not configured.failed, "refused": refused.failed,
        }  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(json.dumps([judge(request) for request in json.load(sys.stdin)]) + "\n")
