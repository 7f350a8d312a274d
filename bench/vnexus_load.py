"""Client load for a lab of virtual switches, from a process of its own.

``Poller`` replays the GetBulk requests of a steady poll and counts the variable bindings of the answers;
``log_in`` opens SSH sessions in parallel. Started by ``vnexus_lab.py``, one JSON object a line on standard
input and output.
"""

from __future__ import annotations

import asyncio
import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from vnexus.snmp import ber

PORT = 1161
TRIES = 200
ASK_AGAIN_SECONDS = 1.0
WHOLE = ("1.3.6.1.2.1", "1.3.6.1.4.1")
"""Subtrees of a whole walk."""
COUNTERS = tuple(f"1.3.6.1.2.1.2.2.1.{n}" for n in (8, 13, 14, 19, 20)) + tuple(
    f"1.3.6.1.2.1.31.1.1.1.{n}" for n in (6, 7, 8, 9, 10, 11, 12, 13)
)
"""Columns of a steady poll of ports: state, octets, packets, errors, discards."""


def bulk(number: int, names: list[bytes], repetitions: int) -> bytes:
    """A v2c GetBulkRequest for encoded OIDs."""
    variables = b"".join(ber.tlv(ber.SEQUENCE, name + b"\x05\x00") for name in names)
    head = ber.tlv(ber.INTEGER, number.to_bytes(4)) + ber.integer(0) + ber.integer(repetitions)
    pdu = ber.tlv(0xA5, head + ber.tlv(ber.SEQUENCE, variables))
    return ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(b"public") + pdu)


def bindings(answer: bytes) -> list[tuple[bytes, bytes]]:
    """(encoded name, encoded value) of every variable of a response."""
    _, start, end = ber.read_tlv(answer, 0, len(answer))
    for _ in range(2):
        _, _, start = ber.read_tlv(answer, start, end)
    _, start, end = ber.read_tlv(answer, start, end)
    for _ in range(3):
        _, _, start = ber.read_tlv(answer, start, end)
    _, start, end = ber.read_tlv(answer, start, end)
    found = []
    while start < end:
        _, inside, after = ber.read_tlv(answer, start, end)
        _, _, last = ber.read_tlv(answer, inside, after)
        found.append((answer[inside:last], answer[last:after]))
        start = after
    return found


def count(answer: bytes) -> int:
    return len(bindings(answer))


@dataclass(slots=True)
class Target:
    """One switch: what it is asked, and its turn in the script."""

    address: str
    script: list[bytes] = field(default_factory=list)
    turn: int = 0
    sent_at: float = 0.0


def ask(sock: socket.socket, packet: bytes, address: str) -> bytes:
    for _ in range(TRIES):
        sock.sendto(packet, (address, PORT))
        try:
            return sock.recv(65_536)
        except TimeoutError:
            continue
    raise SystemExit(f"{address} does not answer")


def learn(address: str, columns: tuple[str, ...], repetitions: int) -> tuple[list[bytes], int]:
    """The requests that walk these columns of a switch, and the variables they bring."""
    script: list[bytes] = []
    total = 0
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.settimeout(ASK_AGAIN_SECONDS)
        for column in columns:
            under = ber.oid(column)[2:]
            name = ber.oid(column)
            while True:
                packet = bulk(len(script) + 1, [name], repetitions)
                found = bindings(ask(sock, packet, address))
                script.append(packet)
                total += len(found)
                if not found or found[-1][1] == ber.END_OF_MIB or not found[-1][0][2:].startswith(under):
                    break
                name = found[-1][0]
    return script, total


class Poller:
    """Asks every switch at once, one question each at a time, round after round."""

    def __init__(self, addresses: list[str]) -> None:
        self.targets = [Target(address) for address in addresses]

    def learn(self, columns: tuple[str, ...], repetitions: int) -> int:
        total = 0
        for target in self.targets:
            target.script, found = learn(target.address, columns, repetitions)
            total += found
        return total

    def poll(self, rounds: int) -> dict[str, float]:
        """Every script so many times: variables, questions, questions asked again, wall seconds."""
        selector = selectors.DefaultSelector()
        variables = questions = again = 0
        open_ = len(self.targets)
        begun = time.perf_counter()
        for target in self.targets:
            sock = socket.socket(type=socket.SOCK_DGRAM)
            sock.connect((target.address, PORT))
            sock.setblocking(False)
            selector.register(sock, selectors.EVENT_READ, target)
            target.turn = 0
            self._send(sock, target)
        while open_:
            ready = selector.select(ASK_AGAIN_SECONDS)
            for key, _ in ready:
                sock, target = key.fileobj, key.data
                assert isinstance(sock, socket.socket)
                variables += count(sock.recv(65_536))
                questions += 1
                target.turn += 1
                if target.turn == rounds * len(target.script):
                    selector.unregister(sock)
                    sock.close()
                    open_ -= 1
                    continue
                self._send(sock, target)
            if not ready:
                for key in list(selector.get_map().values()):
                    again += 1
                    assert isinstance(key.fileobj, socket.socket)
                    self._send(key.fileobj, key.data)
        seconds = time.perf_counter() - begun
        return {"variables": variables, "questions": questions, "again": again, "seconds": seconds}

    def _send(self, sock: socket.socket, target: Target) -> None:
        sock.send(target.script[target.turn % len(target.script)])


async def log_in(addresses: list[str], sessions: int) -> dict[str, Any]:
    """That many SSH sessions at once, each logs in and runs a command: seconds of the slowest, failures."""
    begun = time.perf_counter()
    failures: list[str] = []

    async def one(address: str) -> float:
        try:
            async with asyncssh.connect(
                address, 2222, username="admin", password="admin", known_hosts=None, config=None,  # noqa: S106 - the lab's factory default
                client_keys=None, login_timeout=300, connect_timeout=300,
            ) as connection:  # fmt: skip
                said = await connection.run("show clock")
                if "Time source" not in str(said.stdout):
                    failures.append(f"{address}: {said.stdout!r}")
        except (OSError, asyncssh.Error) as exc:
            failures.append(f"{address}: {exc!r}")
        return time.perf_counter() - begun

    took = sorted(
        await asyncio.gather(*(one(addresses[number % len(addresses)]) for number in range(sessions)))
    )
    return {
        "seconds": took[-1], "median": took[len(took) // 2], "failures": len(failures), "first": failures[:1]
    }  # fmt: skip


def main() -> None:
    """Orders as JSON lines: learn, poll, log in; an answer each."""
    poller = Poller([])
    for line in sys.stdin:
        order = json.loads(line)
        answer: Any
        match order["do"]:
            case "learn":
                poller = Poller(order["addresses"])
                columns = WHOLE if order["what"] == "whole" else COUNTERS
                answer = poller.learn(columns, order["repetitions"])
            case "poll":
                answer = poller.poll(order["rounds"])
            case _:
                answer = asyncio.run(log_in(order["addresses"], order["sessions"]))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
