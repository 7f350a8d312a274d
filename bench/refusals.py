"""Who believes a forged SNMPv3 answer: our engine and its peers before one lying agent.

.venv/bin/python -m bench.refusals            # prints the table
.venv/bin/python -m bench.refusals --write    # and puts it into docs/snmpv3.md

A peer that is not installed is left out. gufo_snmp: ``pip install gufo_snmp``, for this comparison only.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.metadata
import importlib.util
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

from agent.collect.snmp.backend import Backend, Span, read_credentials
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.snmp.pysnmp_backend import PysnmpBackend, PysnmpEngine
from bench.forger import (
    AUTH_PASSWORD,
    COLUMN,
    FORGED,
    HONEST,
    LIES,
    PRIV_PASSWORD,
    ROWS,
    SECRET,
    USER,
    Forger,
)

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "snmpv3.md"

Values = list[int]
Peer = Callable[[int], Values]
"""Port to the values that the peer shows of the column."""


@contextmanager
def forger(lie: str) -> Iterator[int]:
    """A lying agent on a loopback port, in a thread of its own."""
    ports: Queue[int] = Queue()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        make = loop.create_datagram_endpoint(lambda: Forger(LIES[lie][1]), ("127.0.0.1", 0))
        transport, _ = await make
        ports.put(transport.get_extra_info("sockname")[1])
        await ended.wait()
        transport.close()

    ended = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield ports.get(timeout=10)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


def walk_by(make: Callable[[int, Engine, PysnmpEngine], Backend]) -> Peer:
    async def walk(port: int) -> Values:
        engine, other = Engine(random.Random(port)), PysnmpEngine()  # noqa: S311  # request-ids, not keys
        backend = make(port, engine, other)
        backend.limit(3)
        try:
            walked = await backend.walk(Span.of("interfaces", COLUMN))
        finally:
            engine.close()
            other.close()
        return [value for _, value in walked.rows if isinstance(value, int)]

    return lambda port: asyncio.run(walk(port))


def ask_own(port: int, engine: Engine, _: PysnmpEngine) -> Backend:
    backend = OwnBackend(engine, "odd", ("127.0.0.1", port), read_credentials(SECRET))
    backend.peer.rtt.timeout = backend.peer.rtt.most = 0.2
    return backend


def ask_pysnmp(port: int, _: Engine, other: PysnmpEngine) -> Backend:
    return PysnmpBackend(other, "odd", ("127.0.0.1", port), read_credentials(SECRET))


def ask_net_snmp(port: int) -> Values:
    words = ["snmpbulkwalk", "-v3", "-l", "authPriv", "-u", USER, "-a", "SHA", "-A", AUTH_PASSWORD]
    words += ["-x", "AES", "-X", PRIV_PASSWORD, "-r", "0", "-t", "1", "-On", "-Cc", "-m", ""]
    done = subprocess.run(
        [*words, f"127.0.0.1:{port}", COLUMN], capture_output=True, text=True, check=False, timeout=60
    )
    return [int(value) for value in re.findall(r"Counter32: (\d+)", done.stdout)]


def ask_gufo(port: int) -> Values:
    from gufo.snmp import Aes128Key, Sha1Key, SnmpVersion, User  # noqa: PLC0415  # a guest, when it is there
    from gufo.snmp.sync import SnmpSession  # noqa: PLC0415

    user = User(USER, auth_key=Sha1Key(AUTH_PASSWORD.encode()), priv_key=Aes128Key(PRIV_PASSWORD.encode()))
    found: Values = []
    try:
        with SnmpSession(
            addr="127.0.0.1", port=port, version=SnmpVersion.v3, user=user, timeout=1.0
        ) as session:
            found += [value for _, value in session.getbulk(COLUMN)]
    except Exception as exc:  # noqa: BLE001  # whatever a guest raises: what it had shown counts
        print(f"gufo_snmp: {type(exc).__name__} {exc}", file=sys.stderr)
    return found


EXPORTER = f"""
odd:
  walk: [{COLUMN}]
  metrics:
    - {{name: inOctets, oid: {COLUMN}, type: counter, indexes: [{{labelname: i, type: gauge}}]}}
  version: 3
  max_repetitions: 10
  retries: 0
  timeout: 1s
  auth:
    security_level: authPriv
    username: {USER}
    password: {AUTH_PASSWORD}
    auth_protocol: SHA
    priv_protocol: AES
    priv_password: {PRIV_PASSWORD}
"""


def ask_exporter(port: int) -> Values:
    """The exporter shows a whole walk or nothing."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        listen = sock.getsockname()[1]
    with tempfile.TemporaryDirectory() as room:
        config = Path(room) / "snmp.yml"
        config.write_text(EXPORTER)
        command = ["prometheus-snmp-exporter", f"--config.file={config}"]
        command.append(f"--web.listen-address=127.0.0.1:{listen}")
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                return read_exporter(f"http://127.0.0.1:{listen}/snmp?target=127.0.0.1:{port}&module=odd")
            finally:
                process.terminate()


def read_exporter(url: str) -> Values:
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310  # loopback
                page = answer.read().decode()
        except urllib.error.HTTPError:
            return []
        except OSError:
            time.sleep(0.05)
            continue
        return [int(float(value)) for value in re.findall(r"^inOctets\S* (\S+)$", page, re.MULTILINE)]
    return []


def name_version(package: str) -> str:
    return importlib.metadata.version(package)


def find_peers() -> dict[str, Peer]:
    """Our engine and those that are installed, by name with version."""
    peers = {"Moulin": walk_by(ask_own), f"pysnmp {name_version('pysnmp')}": walk_by(ask_pysnmp)}
    if shutil.which("snmpbulkwalk"):
        said = subprocess.run(["snmpbulkwalk", "-V"], capture_output=True, text=True, check=False)
        peers["net-snmp " + (said.stdout + said.stderr).rsplit(maxsplit=1)[-1]] = ask_net_snmp
    if importlib.util.find_spec("gufo"):
        peers[f"gufo_snmp {name_version('gufo_snmp')}"] = ask_gufo
    if shutil.which("prometheus-snmp-exporter"):
        said = subprocess.run(
            ["prometheus-snmp-exporter", "--version"], capture_output=True, text=True, check=False
        )
        found = re.search(r"version (\S+)", said.stdout + said.stderr)
        peers[f"snmp_exporter {found.group(1) if found else ''}"] = ask_exporter
    return peers


def judge(lie: str, values: Values) -> str:
    """What a reader learns: refused or **believed**; of a Report, whether the walk came to its end."""
    if lie == "none":
        return "read" if values == [HONEST] * ROWS else "**not read**"
    if lie == "report":
        return "goes on" if len(values) >= ROWS else "**ends**"
    return "**believed**" if FORGED in values else "refused"


def compare(peers: Mapping[str, Peer], lies: Iterable[str] = tuple(LIES)) -> dict[str, list[str]]:
    """Verdict of every peer by lie."""
    table: dict[str, list[str]] = {}
    for lie in lies:
        for peer in peers.values():
            with forger(lie) as port:
                table.setdefault(lie, []).append(judge(lie, peer(port)))
    return table


TEXT = """\
# SNMPv3: whom an answer convinces

One agent tells the truth once and then lies (`bench/forger.py`; user with SHA-1 and AES-128, authPriv);
each client walks a table of it. *refused*: none of the forged values shows. *believed*: they do. The last
line: somebody on the path throws in a Report without a signature, and the right answer follows it.

Written by `python -m bench.refusals --write` on {day}; `tests/sim/snmp/test_forged_answers.py` holds Moulin
to it and looks whether the others still do what the table says.

{table}

What Moulin checks, in this order: the message-id is one that waits, from that address; engine and user are
those of the question; the digest (in constant time); the time window of RFC 3414 §3.2; then, decrypted, that
the level is the one asked for, and that request-id, engine and context inside are those of the question.

An unsigned Report only explains a silence: Moulin waits for the answer until its timer, and then names the
Report. A device whose clock went back (it lost its boot counter) is refused for that poll and met anew by the
next.
"""


def write_table(peers: Mapping[str, Peer], verdicts: Mapping[str, list[str]]) -> str:
    head = ["| the answer is | " + " | ".join(peers) + " |", "|---" * (len(peers) + 1) + "|"]
    lines = [f"| {LIES[lie][0]} | " + " | ".join(verdicts[lie]) + " |" for lie in LIES]
    return "\n".join(head + lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=textwrap.dedent(__doc__ or ""))
    parser.add_argument("--write", action="store_true", help="put the table into docs/snmpv3.md")
    arguments = parser.parse_args()
    peers = find_peers()
    table = write_table(peers, compare(peers))
    print(table)
    if arguments.write:
        PAGE.write_text(TEXT.format(day=time.strftime("%Y-%m-%d", time.gmtime()), table=table))


if __name__ == "__main__":
    main()
