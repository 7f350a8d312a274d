"""A watch in a process of its own, to be killed: ``python watching.py '{"port": …}'``; prints its URL.

Keys: ``snmp`` (port on 127.0.0.1 that answers for every device), ``devices``, ``interval``, ``listen``,
``state``, ``receivers`` (name to URL).
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

from agent.export.remote.destination import Destination
from agent.flows.remote_write import join_remote_write
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.web.serve import open_listener, serve


async def main(asked: dict[str, Any]) -> None:
    targets = tuple(
        Target(name, "127.0.0.1", asked["snmp"], "ro", "hall", "leaf", "n9k") for name in asked["devices"]
    )
    watch = Watch(
        Expectations(targets, (), (), ()), {"ro": "public"}, WatchOptions(interval_seconds=asked["interval"])
    )
    receivers = [Destination(name=name, url=url) for name, url in asked["receivers"].items()]
    join_remote_write(watch, receivers, Path(asked["state"]), {})
    sys.stdout.reconfigure(line_buffering=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    listener = open_listener(asked.get("listen", "127.0.0.1:0"))
    host, port = listener.getsockname()[:2]
    await serve(watch, listener, stop, lambda: sys.stdout.write(f"http://{host}:{port}\n"))


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
