"""Strangers at every door: refused in the words of the door, the process stays up, the neighbour answers."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import resource
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
import asyncssh
import pytest

from vnexus import testing
from vnexus.lab import Lab
from vnexus.servers import nxapi
from vnexus.snmp import ber
from vnexus.topology import NodeSpec, Topology

STARTUP = ("feature sftp-server", "snmp-server community public group network-operator")
NODES = tuple(NodeSpec(f"leaf-{n}", "n9k-10", "N9K-C93180YC-FX3", f"127.66.74.{n}", STARTUP) for n in (1, 2))
ADDRESS, NEIGHBOUR = (node.address for node in NODES)
GET_NAME = bytes.fromhex("302602010104067075626c6963a019020101020100020100300e300c06082b060102010105000500")
LOGIN = {"Authorization": "Basic YWRtaW46YWRtaW4="}
Test = Callable[[Lab], Awaitable[None]]


@asynccontextmanager
async def serving() -> AsyncIterator[Lab]:
    """A lab with TLS; whatever nobody caught is an error of the test."""
    uncaught: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: uncaught.append(context))
    listen = testing.free_ports(ADDRESS)
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        listen = replace(listen, nxapi_https=probe.getsockname()[1])
    async with Lab(Topology("hard", NODES, listen=listen)) as lab:
        yield lab
        await neighbour_answers(lab)
    gc.collect()
    assert not uncaught


def against(test: Test, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with serving() as lab:
            await test(lab)

    asyncio.run(run())
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR and one.name != "asyncssh"]


def connect(
    lab: Lab, address: str = ADDRESS
) -> asyncssh.connection._ACMWrapper[asyncssh.SSHClientConnection]:
    return asyncssh.connect(
        address, lab.topology.listen.ssh, username="admin", password="admin", known_hosts=None, config=None,
        client_keys=None, login_timeout=120, connect_timeout=120,
    )  # fmt: skip


async def neighbour_answers(lab: Lab) -> None:
    """By SSH, NX-API and SNMP."""
    async with asyncio.timeout(30):
        async with connect(lab, NEIGHBOUR) as connection:
            assert "leaf-2" in str((await connection.run("show hostname")).stdout)
        call = {"jsonrpc": "2.0", "method": "cli_ascii", "params": {"cmd": "show hostname"}, "id": 1}
        url = f"http://{NEIGHBOUR}:{lab.topology.listen.nxapi}/ins"
        async with aiohttp.ClientSession(headers=LOGIN) as session, session.post(url, json=call) as said:
            assert "leaf-2" in await said.text()
        assert b"leaf-2" in (await ask_snmp(lab, GET_NAME, NEIGHBOUR) or b"")


async def ask_snmp(lab: Lab, data: bytes, address: str = ADDRESS, seconds: float = 10.0) -> bytes | None:
    """None when nothing comes back in time."""
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect((address, lab.topology.listen.snmp))
        await loop.sock_sendall(sock, data)
        try:
            async with asyncio.timeout(seconds):
                return await loop.sock_recv(sock, 65_536)
        except TimeoutError:
            return None


async def send_and_wait(port: int, data: bytes, seconds: float = 20.0) -> bytes:
    """What comes back until the other side closes; the test fails when it does not."""
    reader, writer = await asyncio.open_connection(ADDRESS, port)
    try:
        writer.write(data)
        async with asyncio.timeout(seconds):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


GARBAGE = [
    pytest.param(b"\x00" * 100, id="zeros"),
    pytest.param(bytes(range(256)) * 40, id="all-bytes"),
    pytest.param(b"SSH-2.0-x\r\n" + b"\xff" * 4000, id="half-a-handshake"),
    pytest.param(b"SSH-1.5-old\r\n", id="ssh-1"),
    pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="http-to-ssh"),
    pytest.param(b"x" * 1_000_000, id="a-line-without-end"),
]


@pytest.mark.parametrize("data", GARBAGE)
def test_garbage_to_ssh(
    data: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vnexus.servers.ssh.LOGIN_SECONDS", 2)

    async def test(lab: Lab) -> None:
        assert b"SSH-2.0-" in await send_and_wait(lab.topology.listen.ssh, data) or len(data) >= 4000

    against(test, caplog)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", id="tls-hello"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", id="no-such-version"),
        pytest.param(b"POST /ins HTTP/1.1\r\nContent-Length: -5\r\n\r\n", id="length-below-zero"),
        pytest.param(b"POST /ins HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n", id="bad-chunk"),
        pytest.param(b"A" * 100_000 + b"\r\n\r\n", id="header-without-end"),
        pytest.param(b"GET /" + b"../" * 50 + b"etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n", id="path"),
    ],
)
def test_garbage_to_nxapi(
    data: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nxapi, "IDLE_SECONDS", 1.0)

    async def test(lab: Lab) -> None:
        said = await send_and_wait(lab.topology.listen.nxapi, data)
        assert b"root:" not in said
        assert said.split(b" ", 2)[1:2] in ([b"400"], [b"401"], [b"404"], [b"405"], []), said
        if data[:1] != b"\x16":  # plain words to the TLS port; half a handshake has a minute
            await send_and_wait(lab.topology.listen.nxapi_https, data)

    against(test, caplog)


def test_tls_to_plain_ports(caplog: pytest.LogCaptureFixture) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    async def test(lab: Lab) -> None:
        for port in (lab.topology.listen.ssh, lab.topology.listen.nxapi):
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await asyncio.wait_for(asyncio.open_connection(ADDRESS, port, ssl=context), 20)
        _, writer = await asyncio.open_connection(ADDRESS, lab.topology.listen.nxapi_https, ssl=context)
        writer.close()

    against(test, caplog)


def test_slow_headers_and_slow_bodies(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slowloris: two hundred connections that never finish are closed, meanwhile others are served."""
    monkeypatch.setattr(nxapi, "IDLE_SECONDS", 2.0)
    monkeypatch.setattr(nxapi, "BODY_SECONDS", 2.0)
    head = b"POST /ins HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRtaW46YWRtaW4=\r\n"
    halves = [head, head + b"Content-Length: 1000\r\n\r\n{"]

    async def drip(port: int, data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(ADDRESS, port)
        writer.write(data)
        try:
            async with asyncio.timeout(60):
                return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.close()

    async def test(lab: Lab) -> None:
        port = lab.topology.listen.nxapi
        slow = [asyncio.create_task(drip(port, halves[number % 2])) for number in range(200)]
        await neighbour_answers(lab)
        said = await asyncio.gather(*slow)
        assert all(b" 408 " in one.split(b"\r\n")[0] for one in said[1::2])
        assert all(b" 200 " not in one for one in said)

    against(test, caplog)


def test_ten_megabytes_on_one_line(caplog: pytest.LogCaptureFixture) -> None:
    async def test(lab: Lab) -> None:
        async with connect(lab) as connection:
            process = await connection.create_process(term_type="vt100", term_size=(80, 0))
            await process.stdout.readuntil("leaf-1# ")
            for _ in range(160):
                process.stdin.write("x" * 65_536)
            process.stdin.write("\nshow hostname\n")
            said = await asyncio.wait_for(process.stdout.readuntil("\nleaf-1 "), 60)
            assert "% String exceeded max length" in said
            process.close()

    against(test, caplog)


def test_half_packets_and_garbage_to_snmp(caplog: pytest.LogCaptureFixture) -> None:
    async def test(lab: Lab) -> None:
        for data in (
            b"\x30",
            GET_NAME[:-1],
            GET_NAME[:10],
            GET_NAME.replace(b"\x02\x01\x01\x04", b"\x02\x01\x09\x04", 1),
        ):
            assert await ask_snmp(lab, data, seconds=0.2) is None
        wrong_engine = bytes.fromhex(
            "303e020103301102044b1d3a2f020300ffe30401040201030410300e0400020100020100040004000400"
            "3014040004 00a00e02047f1a1a1a0201000201003000".replace(" ", "")
        )
        said = await ask_snmp(lab, wrong_engine)
        assert said is not None
        assert ber.oid("1.3.6.1.6.3.15.1.1.4.0") in said  # usmStatsUnknownEngineIDs
        assert b"leaf-1" in (await ask_snmp(lab, GET_NAME) or b"")

    against(test, caplog)


def test_paths_that_lead_out_of_bootflash(caplog: pytest.LogCaptureFixture) -> None:
    async def test(lab: Lab) -> None:
        async with connect(lab) as connection, connection.start_sftp_client() as sftp:
            for path in (
                "../../../../etc/passwd",
                "/etc/passwd",
                "/bootflash/../etc/passwd",
                "//etc//passwd",
            ):
                with pytest.raises(asyncssh.SFTPError):
                    await sftp.open(path)
            for call in (
                sftp.mkdir("x"),
                sftp.symlink("/etc/passwd", "p"),
                sftp.readlink("p"),
                sftp.statvfs("/"),
            ):
                with pytest.raises(asyncssh.SFTPError):
                    await call
            async with sftp.open("../../tmp/out-of-bootflash", "w") as file:
                await file.write("kept inside")
            file = await sftp.open("large", "wb")
            await file.seek(2**40)
            with pytest.raises(asyncssh.SFTPError):
                await file.write(b"x")
            await file.close()
        assert "out-of-bootflash" not in os.listdir("/tmp")  # noqa: PTH208 - the real disk
        assert any("out-of-bootflash" in name for name in lab.nodes["leaf-1"].flash.files)
        async with connect(lab) as connection:
            process = await connection.create_process("scp -f ../../../etc/passwd")
            assert "No such file" in await process.stdout.read()
            process = await connection.create_process("scp -t bootflash:y")
            process.stdin.write("C" + "9" * 5000)
            assert "protocol error" in await process.stdout.read()

    against(test, caplog)


def test_five_hundred_logins_at_once(caplog: pytest.LogCaptureFixture) -> None:
    """Half of them with a wrong password: those are refused, the others served, and nothing stays behind."""

    async def test(lab: Lab) -> None:
        async def one(number: int) -> str:
            try:
                async with asyncssh.connect(
                    ADDRESS, lab.topology.listen.ssh, username="admin", known_hosts=None, config=None,
                    password="admin" if number % 2 else "wrong", client_keys=None, login_timeout=120,
                    connect_timeout=120,
                ) as connection:  # fmt: skip
                    return str((await connection.run("show hostname")).stdout).strip()
            except asyncssh.PermissionDenied:
                return "denied"

        said = await asyncio.gather(*(one(number) for number in range(500)))
        assert (said.count("leaf-1"), said.count("denied")) == (250, 250)
        await asyncio.sleep(0)
        assert not lab.nodes["leaf-1"].sessions

    against(test, caplog)


def test_a_client_that_never_reads(caplog: pytest.LogCaptureFixture) -> None:
    """Its commands wait: a reply that nobody takes does not pile up."""

    async def test(lab: Lab) -> None:
        async with connect(lab) as connection:
            process = await connection.create_process(term_type="vt100", term_size=(80, 0), window=4096)
            await process.stdout.readuntil("leaf-1# ")
            process.stdout.channel.pause_reading()
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            process.stdin.write("show running-config all\n" * 3000)
            for _ in range(20):
                await neighbour_answers(lab)
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            assert grown < 100 * 1024  # kilobytes; all replies are a gigabyte
            connection.abort()

    against(test, caplog)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("POST", "/faults", b"", id="nothing"),
        pytest.param("POST", "/faults", b"\xff\xfe", id="not-utf-8"),
        pytest.param("POST", "/faults", b"[" * 60_000, id="deep"),
        pytest.param("POST", "/faults", b"[]", id="a-list"),
        pytest.param("POST", "/faults", b'{"kind": ["link-cut"]}', id="kind-is-a-list"),
        pytest.param("POST", "/faults", b'{"kind": "link-cut", "node": {}, "port": []}', id="odd-arguments"),
        pytest.param(
            "POST", "/faults", b'{"kind": "link-cut", "node": "leaf-1", "port": 7}', id="port-is-a-number"
        ),
        pytest.param(
            "POST", "/faults", b'{"kind": "reject-line", "node": "leaf-1", "pattern": "("}', id="pattern"
        ),
        pytest.param(
            "POST", "/faults", b'{"kind": "reject-line", "node": {}, "pattern": 1}', id="node-is-an-object"
        ),
        pytest.param("POST", "/faults", b'{"kind": "reboot", "node": []}', id="reboot-of-nothing"),
        pytest.param(
            "POST", "/faults", b'{"kind": "reboot", "node": "leaf-1", "for_seconds": "nan"}', id="nan"
        ),
        pytest.param("POST", "/clock/advance", b'{"seconds": 1e308}', id="too-far"),
        pytest.param("POST", "/clock/advance", b'{"seconds": -1}', id="back"),
        pytest.param("POST", "/clock/advance", b'{"seconds": ' + b"9" * 5000 + b"}", id="figure-without-end"),
        pytest.param("DELETE", "/faults/²", b"", id="no-such-number"),
        pytest.param("DELETE", "/faults/leaf-1:9999", b"", id="no-such-fault"),
        pytest.param("POST", "/faults", b"x" * 1_000_000, id="too-large"),
        pytest.param("PUT", "/../../etc/passwd", b"", id="path"),
    ],
)
def test_garbage_to_the_control_api(
    method: str, path: str, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def test(lab: Lab) -> None:
        place = await lab.control("127.0.0.1", 0)
        url = f"http://{place}{path}"
        async with aiohttp.ClientSession() as session, session.request(method, url, data=body) as said:
            assert 400 <= said.status < 500, await said.text()
            assert "\n" not in json.loads(await said.text())["error"]

    against(test, caplog)
