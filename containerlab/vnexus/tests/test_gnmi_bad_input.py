"""What no client should send: the switch answers with an error of gRPC, or hangs up, and goes on."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Event
from typing import Any

import grpc
import pytest
from grpclib.exceptions import GRPCError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from containerlab.vnexus.tests.labthread import wait_for
from vnexus.lab import Lab
from vnexus.telemetry.gnmi.messages import GNMI
from vnexus.telemetry.gnmi.paths import read_path
from vnexus.telemetry.gnmi.reading import ask
from vnexus.testing import one_switch

SERVICE = "/gnmi.gNMI/"
LOGIN = (("username", "admin"), ("password", "admin"))
PROTO = 2
ANSWERS = {"INVALID_ARGUMENT", "NOT_FOUND", "UNIMPLEMENTED"}
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with one_switch(startup=("feature grpc", "feature lldp")) as (made, _):
        yield made


@pytest.fixture(scope="module")
def channel(lab: Lab) -> Iterator[grpc.Channel]:
    """To the switch, trusting the certificate that it shows."""
    port = lab.topology.listen.grpc
    authority = ssl.get_server_certificate(("127.0.0.1", port)).encode()
    with grpc.secure_channel(f"127.0.0.1:{port}", grpc.ssl_channel_credentials(authority)) as made:
        yield made


def get(channel: grpc.Channel, request: Any, metadata: Any = LOGIN) -> Any:
    data = request if isinstance(request, bytes) else request.SerializeToString()
    return GNMI["GetResponse"].FromString(
        channel.unary_unary(f"{SERVICE}Get")(data, metadata=metadata, timeout=20)
    )


def subscribe(channel: grpc.Channel, *requests: Any) -> list[Any]:
    call = channel.stream_stream(f"{SERVICE}Subscribe")
    data = [one.SerializeToString() for one in requests]
    return list(call(iter(data), metadata=LOGIN, timeout=20))


def refused(action: Callable[[], Any]) -> tuple[str, str]:
    """Status and text of the error that it raises."""
    with pytest.raises(grpc.RpcError) as caught:
        action()
    return caught.value.code().name, caught.value.details()


def path(*names: str, origin: str = "", **keys: str) -> Any:
    made = GNMI["Path"](origin=origin)
    for name in names:
        made.elem.add(name=name)
    if keys:
        made.elem[-1].key.update(keys)
    return made


def stream(*subscriptions: dict[str, Any], **more: Any) -> Any:
    request = GNMI["SubscribeRequest"]()
    request.subscribe.SetInParent()
    for name, value in {"encoding": PROTO, **more}.items():
        setattr(request.subscribe, name, value)
    for one in subscriptions:
        request.subscribe.subscription.add(**{"path": path("system", "state"), "mode": 2, **one})
    return request


def alive(channel: grpc.Channel) -> bool:
    request = GNMI["GetRequest"](path=[path("system", "state", "hostname")], encoding=PROTO)
    return bool(get(channel, request).notification[0].update[0].val.string_val == "switch")


@pytest.mark.parametrize(("request_path", "status", "text"), [
    (path("porridge"), "INVALID_ARGUMENT", "Invalid path '/porridge'"),
    (path("interfaces", "interface", number="7"), "INVALID_ARGUMENT", "Invalid path"),
    (path("interfaces", ""), "INVALID_ARGUMENT", "Invalid path element ''"),
    (path("interfaces/interface"), "INVALID_ARGUMENT", "Invalid path element 'interfaces/interface'"),
    (path(*["..."] * 40), "INVALID_ARGUMENT", "Invalid path '/.../"),
    (path("system", origin="ios-xr"), "INVALID_ARGUMENT", "Unsupported origin 'ios-xr'"),
    (path("interfaces", "interface", name="eth9/9"), "NOT_FOUND", "No data at"),
    (GNMI["Path"](element=["interfaces", "interface[name"]), "INVALID_ARGUMENT", "Invalid path element"),
], ids=["unknown", "key", "empty", "slash", "any-depths", "origin", "absent", "old-broken"])  # fmt: skip
def test_paths(channel: grpc.Channel, request_path: Any, status: str, text: str) -> None:
    request = GNMI["GetRequest"](path=[request_path], encoding=PROTO)
    said = refused(lambda: get(channel, request))
    assert said[0] == status
    assert text in said[1]


def test_old_elements_are_understood(channel: grpc.Channel) -> None:
    old = GNMI["Path"](element=["interfaces", "interface[name=eth1/1]", "state", "mtu"])
    said = get(channel, GNMI["GetRequest"](path=[old], encoding=PROTO))
    assert said.notification[0].update[0].val.uint_val == 1500


def test_prefix_and_path_are_one(channel: grpc.Channel) -> None:
    prefix = path("interfaces", "interface", name="eth1/1")
    prefix.target = "hall-7"
    request = GNMI["GetRequest"](prefix=prefix, path=[path("state", "mtu")], encoding=PROTO)
    (told,) = get(channel, request).notification
    assert told.update[0].val.uint_val == 1500
    assert told.prefix.target == "hall-7"


@pytest.mark.parametrize(("request_message", "status", "text"), [
    (GNMI["GetRequest"](), "INVALID_ARGUMENT", "At least one path"),
    (GNMI["GetRequest"](path=[path("system")], encoding=4), "UNIMPLEMENTED", "encoding"),
    (GNMI["GetRequest"](path=[path("system")], encoding=1), "UNIMPLEMENTED", "encoding"),
    (b"\xff\xff\xff", "INVALID_ARGUMENT", "Error parsing request"),
    (b"\x12\x05\x0a\x03\xff\xff\xff", "INVALID_ARGUMENT", "Error parsing request"),
], ids=["no-path", "json-ietf", "bytes", "garbage", "not-utf8"])  # fmt: skip
def test_requests(channel: grpc.Channel, request_message: Any, status: str, text: str) -> None:
    said = refused(lambda: get(channel, request_message))
    assert said[0] == status
    assert text in said[1]


@pytest.mark.parametrize("metadata", [
    (), (("username", "admin"),), (("username", "admin"), ("password", "no")),
    (("username", "x"), ("password", "y")),
], ids=["none", "no-password", "wrong", "nobody"])  # fmt: skip
def test_logins(channel: grpc.Channel, metadata: Any) -> None:
    request = GNMI["GetRequest"](path=[path("system")])
    assert refused(lambda: get(channel, request, metadata)) == ("UNAUTHENTICATED", "Authentication failed")


@pytest.mark.parametrize(("requests", "status", "text"), [
    ([], "INVALID_ARGUMENT", "first message"),
    ([GNMI["SubscribeRequest"](poll=GNMI["Poll"]())], "INVALID_ARGUMENT", "first message"),
    ([stream()], "INVALID_ARGUMENT", "At least one subscription"),
    ([stream({"sample_interval": 999_999_999})], "INVALID_ARGUMENT", "from 1 to 604800 seconds"),
    ([stream({"sample_interval": 604_801 * 10**9})], "INVALID_ARGUMENT", "from 1 to 604800 seconds"),
    ([stream({"mode": 1, "heartbeat_interval": 5})], "INVALID_ARGUMENT", "from 1 to 604800 seconds"),
    ([stream({"mode": 7})], "INVALID_ARGUMENT", "Invalid subscription mode"),
    ([stream({}, mode=9)], "INVALID_ARGUMENT", "Invalid subscription mode"),
    ([stream({}, use_aliases=True)], "UNIMPLEMENTED", "Aliases"),
    ([stream({}, allow_aggregation=True)], "UNIMPLEMENTED", "Aggregation"),
    ([stream({}, updates_only=True)], "INVALID_ARGUMENT", "updates_only"),
    ([stream({}), stream({})], "INVALID_ARGUMENT", "subscribed to once"),
    ([stream({}, mode=2), stream({}, mode=2)], "INVALID_ARGUMENT", "Only poll messages"),
], ids=["nothing", "poll-first", "empty", "fast", "slow", "heartbeat", "mode", "list-mode", "aliases",
        "aggregation", "updates-only", "twice", "not-a-poll"])  # fmt: skip
def test_subscriptions(channel: grpc.Channel, requests: list[Any], status: str, text: str) -> None:
    said = refused(lambda: subscribe(channel, *requests))
    assert said[0] == status
    assert text in said[1]


def test_unknown_calls(channel: grpc.Channel) -> None:
    call = channel.unary_unary("/gnmi.gNMI/Reboot")
    assert refused(lambda: call(b"", metadata=LOGIN, timeout=20))[0] == "UNIMPLEMENTED"


@pytest.mark.parametrize("data", [
    b"GET / HTTP/1.1\r\nHost: switch\r\n\r\n", b"\x00" * 4096, PREFACE + b"\xff" * 500,
    PREFACE + b"\x00\x00\x05\x01\x25\x00\x00\x00\x01\xff\xff\xff\xff\xff", b"q" * 100_000,
], ids=["http1", "zeros", "bad-frames", "bad-headers", "long"])  # fmt: skip
@pytest.mark.parametrize("tls", [True, False], ids=["tls", "plain"])
def test_garbage_on_the_port(lab: Lab, channel: grpc.Channel, data: bytes, tls: bool) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with closing(socket.create_connection(("127.0.0.1", lab.topology.listen.grpc), timeout=1)) as plain:
        wire = context.wrap_socket(plain) if tls else plain
        try:
            wire.sendall(data)
            while wire.recv(65_536):
                pass
        except OSError:
            pass  # hung up on while sending, or the switch waits for the rest of a frame
        wire.close()
    assert alive(channel)


def test_without_tls_there_is_no_service(lab: Lab) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{lab.topology.listen.grpc}") as plain:
        said = refused(lambda: get(plain, GNMI["GetRequest"](path=[path("system")])))
    assert said[0] == "UNAVAILABLE"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_get_an_answer_or_an_error(channel: grpc.Channel, data: bytes) -> None:
    for name in ("Get", "Capabilities"):
        call = channel.unary_unary(f"{SERVICE}{name}").future(data, metadata=LOGIN, timeout=20)
        assert call.exception() is None or call.code().name in ANSWERS


WORDS = ["interfaces", "interface", "state", "*", "...", "", "a/b", "x[y", "name:", ":", "é"]
STEPS = st.sampled_from(WORDS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)


@given(st.lists(st.tuples(STEPS, st.dictionaries(STEPS, STEPS, max_size=2)), max_size=6), st.integers(0, 5))
def test_any_path_is_a_question_or_a_mistake(steps: list[tuple[str, dict[str, str]]], wanted: int) -> None:
    made = GNMI["Path"]()
    for name, keys in steps:
        made.elem.add(name=name, key=keys)
    try:
        question = ask(*read_path(GNMI["Path"](), made), wanted)
    except GRPCError:
        return
    assert all(step.name for step in question.path)


def test_a_hundred_subscriptions_at_once(lab: Lab, channel: grpc.Channel) -> None:
    """Eight are served, the others are told that there is no room; afterwards there is room again."""
    request = stream({"sample_interval": 600 * 10**9}).SerializeToString()
    enough = Event()

    def ask_and_stay() -> Iterator[bytes]:
        yield request
        enough.wait(60)

    def first(call: Any) -> str:
        try:
            next(call)
        except grpc.RpcError as exc:
            return str(call.code().name) if exc is call else "broken"
        return "served"

    subscribe = channel.stream_stream(f"{SERVICE}Subscribe")
    calls = [subscribe(ask_and_stay(), metadata=LOGIN, timeout=60) for _ in range(100)]
    try:
        said = [first(call) for call in calls]
    finally:
        enough.set()
        for call in calls:
            call.cancel()
    assert said.count("served") == 8
    assert said.count("RESOURCE_EXHAUSTED") == 92
    wait_for(lambda: not lab.doors.open["switch"].service.statistics.active)
    assert alive(channel)
