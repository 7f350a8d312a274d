"""Dial-out telemetry into a collector made with grpcio, read by a decoder of its own."""

from __future__ import annotations

import datetime as dt
import json
import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from google.protobuf import json_format

from containerlab.vnexus.tests import mdt_wire as wire
from containerlab.vnexus.tests.labthread import inside, wait_for
from vnexus.lab import Lab
from vnexus.node import Node
from vnexus.telemetry.mdt.rows import MDT
from vnexus.testing import running
from vnexus.topology import Endpoint, NodeSpec, Topology

METHOD = "/mdt_dialout.gRPCMdtDialout/MdtDialout"


class Collector:
    """Takes what is sent; keeps whole messages, put together from their pieces."""

    def __init__(self, port: int = 0, credentials: Any = None) -> None:
        self.messages: queue.Queue[dict[str, Any]] = queue.Queue()
        self.pieces = 0
        self.peers: set[str] = set()
        self.server = grpc.server(ThreadPoolExecutor(4))
        handler = grpc.stream_stream_rpc_method_handler(self.take)
        names = {"MdtDialout": handler}
        self.server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("mdt_dialout.gRPCMdtDialout", names)]
        )
        address = f"127.0.0.1:{port}"
        bind = self.server.add_secure_port if credentials else self.server.add_insecure_port
        self.port = bind(*((address, credentials) if credentials else (address,)))
        self.server.start()

    def take(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        self.peers.add(context.peer().split(":")[1])
        parts: dict[int, bytes] = {}
        for raw in requests:
            args = wire.read_args(raw)
            self.pieces += 1
            number = args["ReqId"]
            parts[number] = parts.get(number, b"") + args["data"]
            if not args.get("totalSize") or len(parts[number]) == args["totalSize"]:
                self.messages.put(wire.read_telemetry(parts.pop(number)))
        yield from ()

    def next(self, path: str) -> dict[str, Any]:
        """The next message of a path; others are dropped."""
        while True:
            message = self.messages.get(timeout=20)
            if message["path"] == path:
                return message

    def stop(self) -> None:
        self.server.stop(0).wait()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.stop()


def lines(port: int, paths: list[str], source: str = "DME", interval: int = 30_000) -> tuple[str, ...]:
    return (
        "feature lldp", "feature telemetry", "telemetry", "destination-profile", "use-vrf management",
        "destination-group 1", f"ip address 127.0.0.1 port {port} protocol gRPC encoding GPB",
        "sensor-group 1", f"data-source {source}", *(f"path {path}" for path in paths),
        "subscription 1", "dst-grp 1", f"snsr-grp 1 sample-interval {interval}",
    )  # fmt: skip


@contextmanager
def switch(*startup: str) -> Iterator[tuple[Lab, Node]]:
    camera = Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", "10.66.120.7", 6.5,
                      transmit_bps=4_000_000)  # fmt: skip
    spec = NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.66.6.1", startup)
    with running(Topology("one", (spec,), (), (camera,))) as lab:
        yield lab, lab.nodes["hall"]


def members(content: Any, kind: str) -> list[dict[str, Any]]:
    """Attributes of all objects of a class, anywhere below."""
    found: list[dict[str, Any]] = []
    if isinstance(content, list):
        for item in content:
            found += members(item, kind)
    elif isinstance(content, dict):
        for name, below in content.items():
            if name == kind:
                found.append(below["attributes"])
            found += members(below, kind)
    return found


def test_objects_are_sent_as_the_model_has_them(collector: Collector) -> None:
    with switch(*lines(collector.port, ["sys/intf depth unbounded", "sys/ch depth unbounded"])) as (
        lab,
        node,
    ):
        intf = collector.next("sys/intf")
        supplies = node.world.power_supplies("hall")
        chassis = collector.next("sys/ch")
        assert lab.nodes["hall"].telemetry.sessions[0].status == "Connected"
    assert (intf["node"], intf["subscription"]) == ("hall", "1")
    assert intf["stamp"] >= intf["start"] > 1_600_000_000_000
    (row,) = intf["rows"]
    assert wire.keys(row) == {"sys/intf": "sys/intf"}
    ports = {port["id"]: port for port in members(wire.content(row), "l1PhysIf")}
    assert len(ports) == 54
    assert ports["eth1/7"]["adminSt"] == "up"
    up = [one for one in members(wire.content(row), "ethpmPhysIf") if one["operSt"] == "up"]
    assert len(up) == 1
    shown = members(wire.content(chassis["rows"][0]), "eqptPsu")
    assert [one["model"] for one in shown] == [supply.model for supply in supplies]
    assert collector.peers == {"127.66.6.1"}


def test_samples_follow_the_clock_and_classes_choose(collector: Collector) -> None:
    query = "query-condition query-target=subtree&target-subtree-class=rmonIfHCIn"
    with switch(*lines(collector.port, [f"sys/intf depth unbounded {query}"], interval=3_600_000)) as (
        lab,
        _,
    ):
        first = collector.next("sys/intf")
        lab.clock.advance(3600)
        second = collector.next("sys/intf")
    octets = [
        next(int(one["octets"]) for one in members(wire.content(message["rows"][0]), "rmonIfHCIn")
             if one["dn"] == "sys/intf/phys-[eth1/7]/dbgIfHCIn")
        for message in (first, second)
    ]  # fmt: skip
    assert octets[1] - octets[0] >= 3600 * 4_000_000 // 8
    assert not members(wire.content(second["rows"][0]), "l1PhysIf")
    assert second["stamp"] - first["stamp"] >= 3_600_000


def test_show_commands(collector: Collector) -> None:
    with switch(*lines(collector.port, ['"show environment fan"'], "NX-API")) as (_, node):
        said = wire.content(collector.next("show environment fan")["rows"][0])
        rows = said["fandetails"]["TABLE_faninfo"]["ROW_faninfo"]
        assert [row["fanstatus"] for row in rows] == ["Ok"] * len(rows)
        assert len(rows) == node.model.fan_count + node.model.psu_count


def test_yang_has_a_row_per_entry(collector: Collector) -> None:
    path = "openconfig-interfaces:interfaces/interface/state"
    with switch(*lines(collector.port, [path], "YANG")) as _:
        message = collector.next(path)
    found = {wire.keys(row)["name"]: wire.content(row) for row in message["rows"]}
    assert found["eth1/7"]["oper-status"] == "UP"
    assert found["eth1/7"]["enabled"] is True
    assert isinstance(found["eth1/7"]["counters"]["in-octets"], int)


def test_events_tell_what_changed(collector: Collector) -> None:
    with switch(*lines(collector.port, ["sys/intf depth unbounded"], interval=0)) as (lab, _):
        collector.next("sys/intf")
        inside(lab, lambda: lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"}))
        said = wire.content(collector.next("sys/intf")["rows"][0])
    (state,) = members(said, "ethpmPhysIf")
    assert state["dn"] == "sys/intf/phys-[eth1/7]/phys"
    assert (state["status"], state["operSt"]) == ("modified", "down")


def test_events_tell_what_went_away(collector: Collector) -> None:
    with switch("interface loopback3", *lines(collector.port, ["sys/intf depth 1"], interval=0)) as (
        lab,
        node,
    ):
        collector.next("sys/intf")
        inside(lab, lambda: node.merge("no interface loopback3"))
        said = wire.content(collector.next("sys/intf")["rows"][0])
    assert members(said, "l3LbRtdIf") == [{"dn": "sys/intf/lb-[lo3]", "status": "deleted"}]


def test_large_messages_come_in_pieces(collector: Collector) -> None:
    startup = lines(collector.port, ["sys/intf depth unbounded"])
    with switch(*startup, "telemetry", "destination-profile", "use-chunking size 4096") as _:
        message = collector.next("sys/intf")
    assert collector.pieces > 10
    assert len(members(wire.content(message["rows"][0]), "l1PhysIf")) == 54


def test_it_connects_again(collector: Collector) -> None:
    with switch(*lines(collector.port, ["sys/procsys depth unbounded"])) as (lab, node):
        collector.next("sys/procsys")
        collector.stop()
        session = node.telemetry.sessions[0]
        wait_for(lambda: session.status != "Connected")
        again = Collector(collector.port)
        wait_for(lambda: again.peers or lab.clock.advance(60))
        (cpu,) = members(wire.content(again.next("sys/procsys")["rows"][0]), "procSysCpuSummary")
        again.stop()
        assert session.errors
        assert 0 <= float(cpu["idle"]) <= 100


def test_it_speaks_to_this_machine_only() -> None:
    far = [line.replace("127.0.0.1", "192.0.2.1") for line in lines(57500, ["sys/ch depth 0"])]
    with switch(*far) as (_, node):
        wait_for(lambda: node.telemetry.sessions[0].errors)
        assert node.telemetry.sessions[0].problem == "not a loopback address"


def test_it_stops_with_the_feature(collector: Collector) -> None:
    with switch(*lines(collector.port, ["sys/ch depth 0"])) as (lab, node):
        collector.next("sys/ch")
        inside(lab, lambda: node.merge("no feature telemetry"))
        wait_for(lambda: not node.telemetry.sessions)


def test_with_a_certificate_it_speaks_tls(tmp_path: Path) -> None:
    key, certificate = self_signed("collector.example")
    secure = Collector(credentials=grpc.ssl_server_credentials([(key, certificate)]))
    startup = (*lines(secure.port, ["sys/ch depth 0"]), "telemetry", "destination-group 1",
               "certificate /bootflash/ca.pem collector.example")  # fmt: skip
    with switch(*startup) as (lab, node):
        wait_for(lambda: node.telemetry.sessions[0].errors)
        assert node.telemetry.sessions[0].problem == "No such file or directory"
        node.flash.write("bootflash:ca.pem", certificate)
        wait_for(lambda: secure.peers or lab.clock.advance(60))
        (chassis,) = members(wire.content(secure.next("sys/ch")["rows"][0]), "eqptCh")
    secure.stop()
    assert chassis["model"] == "N9K-C9348GC-FX3PH"


@pytest.mark.parametrize("name", ["NXDME", "NXAPI", "NXAPI_table_multirow", "simple", "nested", "microburst"])
def test_recordings_are_of_the_same_messages(name: str) -> None:
    """What a real switch sent is read by our messages, and our decoder sees in it what was recorded."""
    text = (recordings() / f"{name}.packet.json").read_text(encoding="utf-8")
    message = json_format.Parse(text, MDT["Telemetry"]())
    said = wire.read_telemetry(message.SerializeToString())
    recorded = json.loads(text)
    assert (said["node"], said["path"]) == (recorded["nodeIdStr"], recorded["encodingPath"])
    assert len(said["rows"]) == len(recorded["dataGpbkv"])
    assert json_format.MessageToDict(message) == recorded


@pytest.mark.parametrize(("name", "source", "path"), [
    ("NXDME", "DME", "sys/ch depth 0"),
    ("NXAPI_table_multirow", "NX-API", '"show vlan"'),
    ("NXAPI", "NX-API", '"show vlan"'),
])  # fmt: skip
def test_ours_are_shaped_as_the_recorded_ones(
    name: str, source: str, path: str, collector: Collector
) -> None:
    """Where names stand and where nameless fields stand, level by level."""
    text = (recordings() / f"{name}.packet.json").read_text(encoding="utf-8")
    recorded = wire.read_telemetry(json_format.Parse(text, MDT["Telemetry"]()).SerializeToString())
    with switch("vlan 20,30", *lines(collector.port, [path], source)) as _:
        ours = collector.messages.get(timeout=20)
    assert levels(ours["rows"][0]) == levels(recorded["rows"][0])


def levels(row: dict[str, Any]) -> list[str]:
    """From the row along ``content`` to a leaf: ``named`` or ``nameless``, and the leaf's type."""
    here = next(below for below in row["fields"] if below["name"] == "content")
    way = []
    while here["fields"]:
        here = next((one for one in here["fields"] if one["fields"]), here["fields"][0])
        way.append("named" if here["name"] else "nameless")
    return [*way, type(here["value"]).__name__]


def recordings() -> Path:
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared/data/mdt-packets").is_dir():
            return parent / "shared/data/mdt-packets"
    pytest.skip("the recordings of dial-out messages are not on this machine")


def self_signed(name: str) -> tuple[bytes, bytes]:
    """Key and certificate in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return plain, certificate.public_bytes(pem)
