"""net-snmp's own agent as judge: every pair of protocols that it speaks, levels, v1, and its Reports."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import subprocess
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.collect.snmp.backend import Span, Walked, read_credentials
from agent.collect.snmp.ber import encode_oid
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.errors import DeviceError, LoginRefusedError

SNMPD = shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin")
pytestmark = pytest.mark.skipif(SNMPD is None, reason="net-snmp's snmpd is not installed: apt install snmpd")

AUTHS = {"md5": "MD5", "sha": "SHA", "sha224": "SHA-224", "sha256": "SHA-256"}
AUTHS |= {"sha384": "SHA-384", "sha512": "SHA-512"}
PRIVACIES = {"des": "DES", "aes": "AES", "aes192b": "AES-192", "aes256b": "AES-256"}
PRIVACIES |= {"aes192": "AES-192-C", "aes256": "AES-256-C"}
UPTIME = encode_oid("1.3.6.1.2.1.1.3.0")
SYSTEM = Span.of("system", "1.3.6.1.2.1.1")


def secret(auth: str, privacy: str) -> str:
    return f"v3 {auth}{privacy} {auth} auth-pass-1 {privacy} priv-pass-1"


def configuration() -> Iterator[str]:
    yield "rocommunity public"
    yield "sysObjectID 1.3.6.1.4.1.9.12.3.1.3.2193"
    yield "createUser plain\nrouser plain noauth"
    yield "createUser signed SHA auth-pass-1\nrouser signed auth"
    for auth, said in AUTHS.items():
        for privacy, named in PRIVACIES.items():
            yield f"createUser {auth}{privacy} {said} auth-pass-1 {named} priv-pass-1"
            yield f"rouser {auth}{privacy} priv"


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A private agent on a loopback port that the system chose; it is asked until it answers."""
    assert SNMPD is not None
    room = tmp_path_factory.mktemp("snmpd")
    port = _free_port()
    text = "\n".join((f"agentaddress udp:127.0.0.1:{port}", *configuration()))
    (room / "snmpd.conf").write_text(text + "\n")
    environment = {**os.environ, "SNMPCONFPATH": str(room), "SNMP_PERSISTENT_DIR": str(room), "MIBS": ""}
    command = [SNMPD, "-f", "-Lo", "-C", "-c", str(room / "snmpd.conf")]
    with (
        (room / "log").open("wb") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait_for(process, port, room / "log")
            yield "127.0.0.1", port
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    limit = time.monotonic() + 30
    while time.monotonic() < limit:
        if process.poll() is not None:
            pytest.fail(f"snmpd ended: {log.read_text(errors='replace')[-1000:]}")
        try:
            use(("127.0.0.1", port), "public", lambda backend: backend.get([UPTIME]))
        except DeviceError:
            continue
        return
    pytest.fail("snmpd did not answer in 30 s")


def use(address: tuple[str, int], who: str, ask: Callable[[OwnBackend], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        engine = Engine(random.Random(9))
        backend = OwnBackend(engine, "sw-1", address, read_credentials(who))
        backend.peer.rtt.timeout = backend.peer.rtt.most = 0.3
        backend.limit(10)
        try:
            return await ask(backend)
        finally:
            engine.close()

    return asyncio.run(main())


def walk(address: tuple[str, int], who: str) -> Walked:
    walked = use(address, who, lambda backend: backend.walk(SYSTEM))
    assert isinstance(walked, Walked)
    return walked


def without_times(walked: Walked) -> list[Any]:
    """Rows but those that move: sysUpTime and the sysORUpTimes do not, within a hundredth of a second."""
    return [row for row in walked.rows if row[0] != UPTIME]


@pytest.mark.parametrize("privacy", PRIVACIES)
@pytest.mark.parametrize("auth", AUTHS)
def test_every_pair_of_protocols_reads_the_same(snmpd: tuple[str, int], auth: str, privacy: str) -> None:
    plain, sealed = walk(snmpd, "public"), walk(snmpd, secret(auth, privacy))
    assert sealed.problem == plain.problem == ""
    assert without_times(sealed) == without_times(plain)
    assert len(sealed.rows) > 30


@pytest.mark.parametrize("who", ["v1 public", "v3 plain", "v3 signed sha auth-pass-1"])
def test_lower_levels_and_v1_read_the_same(snmpd: tuple[str, int], who: str) -> None:
    found = walk(snmpd, who)
    assert found.problem == ""
    assert without_times(found) == without_times(walk(snmpd, "public"))


def test_v1_leaves_out_what_the_agent_does_not_have(snmpd: tuple[str, int]) -> None:
    absent = encode_oid("1.3.6.1.2.1.1.99.0")
    oids = [absent, UPTIME, encode_oid("1.3.6.1.2.1.1.98.0")]
    found = use(snmpd, "v1 public", lambda backend: backend.get(oids))
    assert found.pop(UPTIME) >= 0
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("v3 nobody sha auth-pass-1 aes priv-pass-1", "does not know the SNMPv3 user nobody"),
        ("v3 shaaes sha other-pass aes priv-pass-1", "wrong password or digest of SNMPv3 user shaaes"),
        ("v3 shaaes sha256 auth-pass-1 aes priv-pass-1", "wrong password or digest of SNMPv3 user shaaes"),
        ("v3 signed sha auth-pass-1 aes priv-pass-1", "does not let user signed speak authPriv"),
        ("v3 shaaes sha auth-pass-1", "answers error 16. let the user's group"),
        ("v3 shaaes sha auth-pass-1 aes other-pass", "check the privacy password"),
        ("v3 shaaes sha auth-pass-1 aes priv-pass-1 context nowhere", "and the context"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(snmpd: tuple[str, int], who: str, words: str) -> None:
    with pytest.raises(DeviceError) as caught:
        use(snmpd, who, lambda backend: backend.get([UPTIME]))
    text = str(caught.value)
    assert words in text
    assert text.startswith("sw-1: ")
    assert "\n" not in text
    assert "pass-1" not in text
    assert isinstance(caught.value, LoginRefusedError) == ("SNMPv3 user" in text or "speak" in text)


def test_many_who_ask_at_once_meet_the_engine_once(snmpd: tuple[str, int]) -> None:
    async def ask(backend: OwnBackend) -> int:
        await asyncio.gather(*(backend.get([UPTIME]) for _ in range(20)))
        return backend._engine.counts.sent

    assert use(snmpd, secret("sha256", "aes"), ask) == 21


def test_an_agent_that_restarts_is_followed(tmp_path: Path) -> None:
    """Another boot, and another identity: the poll after it reads again."""
    assert SNMPD is not None
    port = _free_port()
    address = ("127.0.0.1", port)

    def start(identity: str) -> subprocess.Popen[bytes]:
        lines = [f"agentaddress udp:127.0.0.1:{port}", "rocommunity public", f"engineID {identity}"]
        lines += ["createUser shaaes SHA auth-pass-1 AES priv-pass-1", "rouser shaaes priv"]
        (tmp_path / "snmpd.conf").write_text("\n".join(lines) + "\n")
        environment = {**os.environ, "SNMPCONFPATH": str(tmp_path), "SNMP_PERSISTENT_DIR": str(tmp_path)}
        process = subprocess.Popen(
            [SNMPD or "", "-f", "-C", "-c", str(tmp_path / "snmpd.conf"), "-Lf", str(tmp_path / "log")],
            env={**environment, "MIBS": ""},
        )
        _wait_for(process, port, tmp_path / "log")
        return process

    async def main() -> None:
        engine = Engine(random.Random(9))
        backend = OwnBackend(engine, "sw-1", address, read_credentials(secret("sha", "aes")))
        backend.peer.rtt.timeout = backend.peer.rtt.most = 0.3
        for identity in ("first", "first", "second"):
            process = await asyncio.to_thread(start, identity)
            try:
                backend.limit(10)
                walked = await backend.walk(SYSTEM)
                if walked.problem:  # the first question after another identity finds it out
                    assert "another identity" in walked.problem
                    walked = await backend.walk(SYSTEM)
                assert walked.problem == ""
                assert len(walked.rows) > 20
            finally:
                process.terminate()
                process.wait()
        engine.close()

    asyncio.run(main())
