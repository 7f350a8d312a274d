"""Switches dial out to Moulin: from the city's own configuration, in all sources, and nobody else."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import grpc
import grpc.aio
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from agent.collect.mdt.chunks import LARGEST_WHOLE
from agent.collect.mdt.messages import ENVELOPE, FIELD, METHOD, SERVICE, TELEMETRY
from agent.collect.mdt.server import Around, Certificates, MdtSource, Sender
from agent.collect.streaming.rules import standard_rules
from agent.errors import UsageError
from agent.flows.lab import make_secrets
from agent.flows.streams import check_address
from agent.intent.expand import expand_switches
from agent.intent.expect import expect
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from agent.render.env import Templates
from agent.render.render import render_switch
from containerlab.vnexus.tests.labthread import inside
from tests.sim.streams.stage import (
    CAMERA_BYTES,
    CAMERA_UP,
    CLOCKS,
    LAX,
    WORKER,
    free_port,
    one_switch,
    target_of,
    until,
    watching,
)
from vnexus.testing import running
from vnexus.topology import load_topology

ROOT = Path(__file__).parents[3]
CITY_PORT = 57_500


def telemetry(
    port: int, groups: dict[str, tuple[str, ...]], interval: int = 1000, profile: str = ""
) -> list[str]:
    """Lines of a switch that sends paths by data source."""
    sensors = [
        line
        for number, (source, paths) in enumerate(groups.items(), 1)
        for line in (f"sensor-group {number}", f"data-source {source}", *(f"path {path}" for path in paths))
    ]
    asked = [f"snsr-grp {number} sample-interval {interval}" for number in range(1, len(groups) + 1)]
    return [
        "feature telemetry", "telemetry", *(["destination-profile", profile] if profile else []),
        "destination-group 1", f"ip address 127.0.0.1 port {port} protocol gRPC encoding GPB",
        *sensors, "subscription 1", "dst-grp 1", *asked,
    ]  # fmt: skip


ALL = {
    "DME": tuple(f"sys/{part} depth unbounded" for part in ("intf", "ch", "procsys", "lldp")),
    "NX-API": ('"show environment power"', '"show environment temperature"'),
    "YANG": ("openconfig-interfaces:interfaces/interface/state",),
}


def states(series: dict[str, float]) -> dict[str, float]:
    """What does not move by itself."""
    return {
        name: value
        for name, value in series.items()
        if name.startswith(("net_interface_up", "net_interface_mtu", "net_interface_admin"))
    }


@pytest.mark.parametrize("source", ["DME", "YANG"])
def test_what_is_sent_is_what_snmp_says_under_the_same_names(source: str) -> None:
    port = free_port()

    async def main() -> None:
        with one_switch(*telemetry(port, {source: ALL[source]})) as lab:
            options = replace(LAX, mdt_listen=("127.0.0.1", port))
            async with watching(target_of(lab, gnmi=False), options) as stage:
                await until(lambda: CAMERA_BYTES in stage.held("mdt") and CAMERA_BYTES in stage.held("snmp"))
                sent = stage.held("mdt")
                await until(lambda: set(sent) <= set(stage.held("snmp")))
                assert len(states(sent)) > 100
                # a port that came up between the two looks differs until both have looked again
                await until(lambda: states(stage.held("mdt")) == states(stage.held("snmp")))
                assert stage.health()['moulin_stream_up{device="hall",source="mdt"}'] == 1
                assert list(stage.shown()).count(CAMERA_UP) == 1

    asyncio.run(main())


def test_a_show_command_tells_input_watts() -> None:
    port = free_port()

    async def main() -> None:
        with one_switch(*telemetry(port, {"NX-API": ALL["NX-API"]})) as lab:
            options = replace(LAX, mdt_listen=("127.0.0.1", port))
            async with watching(target_of(lab, gnmi=False), options) as stage:
                series = 'net_power_supply_input_watts{device="hall",supply="PowerSupply-1"} '
                await until(lambda: series in stage.shown())
                drawn = next(one.drawn_watts for one in lab.world.power_supplies("hall"))
                assert drawn <= stage.shown()[series] < drawn * 1.3

    asyncio.run(main())


def test_a_message_in_pieces_is_the_same() -> None:
    port = free_port()

    async def main() -> None:
        lines = telemetry(port, {"DME": ALL["DME"]}, profile="use-chunking size 4096")
        with one_switch(*lines) as lab:
            options = replace(LAX, mdt_listen=("127.0.0.1", port))
            async with watching(target_of(lab, gnmi=False), options) as stage:
                await until(lambda: CAMERA_BYTES in stage.held("mdt"))
                assert not stage.health().get(
                    'moulin_stream_problems_total{device="hall",source="mdt",problem="chunks"}'
                )

    asyncio.run(main())


def test_events_are_told_at_once_and_hold() -> None:
    port = free_port()

    async def main() -> None:
        with one_switch(*telemetry(port, {"DME": ("sys/intf depth unbounded",)}, interval=0)) as lab:
            options = replace(LAX, mdt_listen=("127.0.0.1", port))
            async with watching(target_of(lab, gnmi=False), options, interval=300) as stage:
                await until(lambda: stage.held("mdt").get(CAMERA_UP) == 1)
                inside(lab, lambda: lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"}))
                await until(lambda: stage.held("mdt").get(CAMERA_UP) == 0, seconds=5)
                assert (
                    len([series for series in stage.held("mdt") if series.startswith("net_interface_up")])
                    > 50
                )

    asyncio.run(main())


def test_the_city_dials_out_as_it_is_configured(tmp_path: Path) -> None:
    """A switch of the shipped city as it is rendered; the lab has a station for the receiver."""
    city = load_city(ROOT / "inventory")
    secrets = make_secrets(city)
    plain = lab_topology(city)
    name = "leaf-1"
    (node,) = [one for one in plain["nodes"] if one["name"] == name]
    text = render_switch(expand_switches(city)[name], secrets, Templates(ROOT / "templates"))
    node |= {"address": f"127.66.{WORKER}.62", "startup": text.splitlines()}
    receiver = f"127.66.{WORKER}.20"
    plain |= {"nodes": [node], "links": [], "stations": {"10.66.2.20": receiver}}
    plain["endpoints"] = [one for one in plain["endpoints"] if one["node"] == name]
    file = tmp_path / "lab.yml"
    file.write_text(yaml.safe_dump(plain, sort_keys=False), "utf-8")
    topology = load_topology(file, {plain["credentials"]["password_env"]: secrets["admin_password"]})
    (meant,) = [one for one in expect(city).targets if one.device == name]
    assert meant.management == "10.66.0.21"

    async def main() -> None:
        with running(topology) as lab:
            target = replace(
                meant, address=node["address"], snmp_port=lab.topology.listen.snmp, community="community"
            )
            options = replace(LAX, mdt_listen=(receiver, CITY_PORT))
            async with watching(target, options) as stage:
                await until(lambda: any("net_interface_up" in one for one in stage.held("mdt", name)))
                await until(lambda: any("net_power_supply" in one for one in stage.held("mdt", name)))
            (session,) = lab.nodes[name].telemetry.sessions
            assert (session.address, session.sent > 1) == ("10.66.2.20", True)

    asyncio.run(main())


# --- who may speak ----------------------------------------------------------------------------------------


def message(node: str = "hall", octets: str = "5", padding: int = 0) -> bytes:
    leaves = [
        FIELD(name="dn", string_value="sys/intf/phys-[eth1/7]/dbgIfHCIn"),
        FIELD(name="octets", string_value=octets),
        FIELD(name="padding", string_value="x" * padding),
    ]
    attributes = FIELD(name="attributes", fields=[FIELD(fields=leaves)])
    counters = FIELD(name="rmonIfHCIn", fields=[FIELD(fields=[attributes])])
    content = FIELD(name="content", fields=[FIELD(fields=[counters])])
    made = TELEMETRY(node_id_str=node, encoding_path="sys/intf", data_gpbkv=[FIELD(fields=[content])])
    return bytes(made.SerializeToString())


def envelope(data: bytes, total: int = 0, request: int = 1) -> bytes:
    return bytes(ENVELOPE(ReqId=request, data=data, totalSize=total).SerializeToString())


class Server:
    """The receiver alone, on a port of its own."""

    def __init__(self, address: str = "127.0.0.1", **options: Any) -> None:
        around = Around(standard_rules(), CLOCKS.unix, **options)
        self.source = MdtSource([Sender("hall", frozenset((address,)))], ("127.0.0.1", 0), around)
        self.stop = asyncio.Event()

    async def __aenter__(self) -> Self:
        self.task = asyncio.create_task(self.source.run(self.stop))
        await self.source.ready.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        await self.task

    async def send(self, messages: Iterable[bytes]) -> grpc.StatusCode:
        """Dial, send, hang up; the status of the call."""
        options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.insecure_channel(f"127.0.0.1:{self.source.port}", options=options) as channel:
            call: Any = channel.stream_stream(f"/{SERVICE}/{METHOD}")(iter(messages))
            try:
                async for _ in call:
                    pass
            except grpc.aio.AioRpcError as exc:
                return exc.code()
            code = await call.code()
            assert isinstance(code, grpc.StatusCode)
            return code

    def shown(self) -> dict[str, float]:
        holding = self.source.holding("hall")
        families = holding.families if holding else {}
        return {series: value for family in families.values() for series, value in family.items()}


def test_a_stranger_is_turned_away() -> None:
    async def main() -> None:
        async with Server(address="127.0.0.9") as server:  # a client that is cut off may not learn why
            assert await server.send([envelope(message())]) is not grpc.StatusCode.OK
            assert (server.source.refused, server.shown()) == ({"stranger": 1}, {})

    asyncio.run(main())


def test_a_message_of_another_node_ends_the_call() -> None:
    async def main() -> None:
        async with Server() as server:
            assert await server.send([envelope(message("core-1"))]) is not grpc.StatusCode.OK
            assert (server.source.refused, server.shown()) == ({"wrong-node": 1}, {})

    asyncio.run(main())


def test_a_message_of_sixteen_megabytes_is_taken_whole_and_in_pieces() -> None:
    async def main() -> None:
        async with Server() as server:
            large = message(octets="7", padding=16 << 20)
            assert await server.send([envelope(large)]) is grpc.StatusCode.OK
            assert server.shown() == {CAMERA_BYTES: 7}
            large = message(octets="8", padding=20 << 20)
            pieces = [large[at : at + (1 << 20)] for at in range(0, len(large), 1 << 20)]
            assert await server.send(envelope(piece, len(large)) for piece in pieces) is grpc.StatusCode.OK
            assert server.shown() == {CAMERA_BYTES: 8}

    asyncio.run(main())


def test_what_never_ends_is_ended() -> None:
    async def main() -> None:
        async with Server() as server:
            endless = (envelope(b"x" * 1000, LARGEST_WHOLE + 1) for _ in range(10))
            # a client that was cut off while it sent does not always learn why
            assert await server.send(endless) is not grpc.StatusCode.OK
            growing = (envelope(b"x" * (1 << 20), 8 << 20) for _ in range(7))
            assert await server.send(growing) is grpc.StatusCode.OK  # never whole
            many = (envelope(b"x", 100, request) for request in range(100))
            assert await server.send(many) is not grpc.StatusCode.OK
            assert server.source.refused["too-large"] == 2
            assert (
                await server.send([b"\xff\xff\xff", envelope(b"\xff"), envelope(message())])
                is grpc.StatusCode.OK
            )
            assert server.shown() == {CAMERA_BYTES: 5}
            assert server.source.held()[0].problems["malformed"] >= 2

    asyncio.run(main())


def test_a_silent_call_is_hung_up() -> None:
    async def main() -> None:
        async with Server(silence_seconds=0.2) as server:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{server.source.port}") as channel:
                call: Any = channel.stream_stream(f"/{SERVICE}/{METHOD}")()
                await call.write(envelope(message()))
                async with asyncio.timeout(10):
                    while await call.read() is not grpc.aio.EOF:
                        pass
            assert server.source.held()[0].problems["silent"] == 1

    asyncio.run(main())


def test_an_address_that_is_taken_is_one_clear_line() -> None:
    async def main() -> None:
        async with Server() as server:
            with pytest.raises(UsageError, match=r"cannot listen on 127\.0\.0\.1"):
                check_address(("127.0.0.1", server.source.port))

    asyncio.run(main())


# --- TLS ----------------------------------------------------------------------------------------------------


def certify(name: str, issuer: tuple[Any, Any] | None = None) -> tuple[Any, Any]:
    """(key, certificate) of a name; self-signed, and an authority, without an issuer."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, by = issuer if issuer is not None else (key, None)
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder(by.subject if by else subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    return key, builder.sign(signer, hashes.SHA256())


def write_pair(folder: Path, name: str, pair: tuple[Any, Any]) -> tuple[Path, Path]:
    """(certificate, key) as PEM files."""
    key, certificate = pair
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def test_a_switch_with_a_certificate_is_known_by_it_not_by_its_address(tmp_path: Path) -> None:
    authority = certify("authority")
    ca, _ = write_pair(tmp_path, "ca", authority)
    server = write_pair(tmp_path, "server", certify("collector", authority))
    good, other = (write_pair(tmp_path, name, certify(name, authority)) for name in ("hall", "stranger"))

    async def dial(port: int, pair: tuple[Path, Path] | None) -> bool:
        chain = (pair[1].read_bytes(), pair[0].read_bytes()) if pair else (None, None)
        credentials = grpc.ssl_channel_credentials(ca.read_bytes(), *chain)
        options = [("grpc.ssl_target_name_override", "collector"), ("grpc.use_local_subchannel_pool", 1)]
        async with grpc.aio.secure_channel(f"127.0.0.1:{port}", credentials, options=options) as channel:
            call: Any = channel.stream_stream(f"/{SERVICE}/{METHOD}")(iter([envelope(message())]))
            try:
                async for _ in call:
                    pass
            except grpc.aio.AioRpcError:
                return False
            return (await call.code()) is grpc.StatusCode.OK

    async def main() -> None:
        async with Server("127.0.0.9", certificates=Certificates(*server, ca)) as receiver:
            assert [await dial(receiver.source.port, pair) for pair in (None, other)] == [False, False]
            assert receiver.shown() == {}
            assert await dial(receiver.source.port, good)
            assert receiver.shown() == {CAMERA_BYTES: 5}

    asyncio.run(main())


def test_the_switch_checks_the_collector(tmp_path: Path) -> None:
    port = free_port()
    authority = certify("authority")
    ca, _ = write_pair(tmp_path, "ca", authority)
    pair = write_pair(tmp_path, "server", certify("collector.example", authority))
    lines = telemetry(port, {"DME": ("sys/intf depth unbounded",)})
    lines.insert(2, "certificate /bootflash/ca.pem collector.example")

    async def main() -> None:
        with one_switch() as lab:
            node = lab.nodes["hall"]
            inside(lab, lambda: node.flash.write("bootflash:ca.pem", ca.read_bytes()))
            options = replace(LAX, mdt_listen=("127.0.0.1", port), certificates=Certificates(*pair))
            async with watching(target_of(lab, gnmi=False), options) as stage:
                inside(lab, lambda: node.merge("\n".join(lines)))
                await until(lambda: CAMERA_BYTES in stage.held("mdt"))
                assert node.telemetry.sessions[0].tls

    asyncio.run(main())
