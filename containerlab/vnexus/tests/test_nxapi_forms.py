"""NX-API in the forms that the older clients use: XML, chunks, TLS, rollback, cookies."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vnexus import testing
from vnexus.lab import Lab
from vnexus.node import Node

ADMIN = ("admin", "admin")
XML = """<?xml version="1.0"?><ins_api><version>1.0</version><type>{kind}</type><chunk>{chunk}</chunk>
<sid>{sid}</sid><input>{text}</input><output_format>{form}</output_format>{more}</ins_api>"""


@pytest.fixture(scope="module")
def switch() -> Iterator[tuple[str, Node]]:
    with testing.one_switch() as (lab, node):
        yield f"http://127.0.0.1:{lab.topology.listen.nxapi}/ins", node


def document(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own switch wrote it


def post_xml(
    url: str, kind: str, text: str, *, chunk: str = "0", sid: str = "sid", form: str = "xml", more: str = ""
) -> requests.Response:
    data = XML.format(kind=kind, text=text, chunk=chunk, sid=sid, form=form, more=more)
    return requests.post(url, data=data, headers={"Content-Type": "text/xml"}, auth=ADMIN, timeout=30)


def field(reply: requests.Response, name: str) -> str:
    found = document(reply.text).findtext(f".//{name}")
    assert found is not None
    return found


def post_json(url: str, body: Any) -> Any:
    return requests.post(url, json=body, auth=ADMIN, timeout=30).json()


def test_a_request_in_xml_is_answered_in_xml(switch: tuple[str, Node]) -> None:
    url, _ = switch
    reply = post_xml(url, "cli_show", "show version")
    assert reply.headers["Content-Type"].startswith("text/xml")
    assert (field(reply, "code"), field(reply, "msg"), field(reply, "sid")) == ("200", "Success", "eoc")
    assert field(reply, "body/host_name") == "switch"
    status = post_xml(url, "cli_show", "show interface status")
    assert len(document(status.text).findall(".//ROW_interface")) > 40


def test_a_request_in_xml_may_want_json(switch: tuple[str, Node]) -> None:
    url, _ = switch
    reply = post_xml(url, "cli_show_ascii", "show clock", form="json").json()
    assert "UTC" in reply["ins_api"]["outputs"]["output"]["body"]


def test_errors_have_the_same_envelope_in_xml(switch: tuple[str, Node]) -> None:
    url, _ = switch
    reply = post_xml(url, "cli_show", "show nonsense")
    assert (field(reply, "code"), field(reply, "msg")) == ("400", "Input CLI command error")
    assert "Invalid command" in field(reply, "clierror")
    assert field(post_xml(url, "cli_show", "show hosts"), "code") in {"200", "501"}


@pytest.mark.parametrize(
    "body", ["<ins_api>", "<x/>", '<!DOCTYPE a [<!ENTITY b "c">]><ins_api>&b;</ins_api>']
)
def test_what_is_no_request_is_refused(switch: tuple[str, Node], body: str) -> None:
    reply = requests.post(switch[0], data=body, auth=ADMIN, timeout=30)
    assert field(reply, "msg") == "Request message is invalid"


@pytest.mark.parametrize("kind", ["cli_show", "cli_show_ascii"])
def test_chunks_make_the_whole(switch: tuple[str, Node], kind: str) -> None:
    url, _ = switch
    command = "show interface"
    reply = post_xml(url, kind, command, chunk="1")
    pieces = [field(reply, "body")]
    first = field(reply, "sid")
    assert first != "eoc"
    while (sid := field(reply, "sid")) != "eoc":
        reply = post_xml(url, kind, command, chunk="1", sid=sid)
        pieces.append(field(reply, "body"))
    whole = "".join(pieces)
    assert len(pieces) > 2
    if kind == "cli_show":
        assert len(document(f"<body>{whole}</body>").findall(".//ROW_interface")) > 40
    else:
        assert whole.startswith("mgmt0") or "Ethernet1/1" in whole
    assert field(post_xml(url, kind, command, chunk="1", sid=first), "msg") == "Invalid sid"


@pytest.mark.parametrize(
    ("rollback", "left", "replies"),
    [
        ("stop-on-error", {501}, 2),
        ("continue-on-error", {501, 502}, 3),
        ("rollback-on-error", set(), 2),
    ],
)
def test_rollback_decides_what_an_error_leaves(
    switch: tuple[str, Node], rollback: str, left: set[int], replies: int
) -> None:
    url, node = switch
    lines = ["vlan 501", "vlan nonsense", "vlan 502"]
    calls = [
        {
            "jsonrpc": "2.0",
            "method": "cli",
            "params": {"cmd": line, "version": 1},
            "id": n,
            "rollback": rollback,
        }
        for n, line in enumerate(lines, 1)
    ]
    for ask in ("rpc", "ins"):
        if ask == "rpc":
            answered = post_json(url, calls)
        else:
            request = {"version": "1.0", "type": "cli_conf", "chunk": "0", "sid": "1",
                       "input": " ;".join(lines), "output_format": "json", "rollback": rollback}  # fmt: skip
            answered = post_json(url, {"ins_api": request})["ins_api"]["outputs"]["output"]
        assert len(answered) == replies
        assert {vlan for vlan in node.config.vlans() if vlan > 500} == left
        post_json(url, [{**calls[0], "params": {"cmd": f"no vlan {vlan}", "version": 1}} for vlan in left])


def test_a_cookie_is_enough_as_ansible_sends_it(switch: tuple[str, Node]) -> None:
    url, _ = switch
    body = {"jsonrpc": "2.0", "method": "cli", "params": {"cmd": "show hostname", "version": 1}, "id": 1}
    first = requests.post(url, json=body, auth=ADMIN, timeout=30)
    cookie = first.headers["Set-Cookie"]
    again = requests.post(url, json=body, headers={"Cookie": cookie}, timeout=30)
    assert again.json() == first.json()
    forged = cookie.replace("nxapi_auth=admin:", "nxapi_auth=admin:0")
    assert requests.post(url, json=body, headers={"Cookie": forged}, timeout=30).status_code == 401
    assert requests.post(url, json=body, timeout=30).status_code == 401


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda t: f"<ins_api>{t}</ins_api>".encode())
    )
)
def test_any_body_is_answered(switch: tuple[str, Node], data: bytes) -> None:
    assert requests.post(switch[0], data=data, auth=ADMIN, timeout=30).status_code in {200, 400}


def test_tls_shows_a_certificate_of_the_node(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    plain = testing.free_ports
    monkeypatch.setattr(testing, "free_ports", lambda address: replace(plain(address), nxapi_https=port))
    with testing.one_switch() as (lab, _):
        assert_secure(lab, port)


def assert_secure(lab: Lab, port: int) -> None:
    pem = ssl.get_server_certificate(("127.0.0.1", port))
    context = ssl.create_default_context(cadata=pem)
    raw = socket.create_connection(("127.0.0.1", port))
    with context.wrap_socket(raw, server_hostname="127.0.0.1") as secure:
        request = b"POST /ins HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        secure.sendall(request)
        assert secure.recv(100).startswith(b"HTTP/1.1 401")
    ready = lab.ready()["switch"]
    assert isinstance(ready, dict)
    assert ready["nxapi_https"] == port
    with socket.create_connection(("127.0.0.1", port)) as clear:
        clear.sendall(b"POST /ins HTTP/1.1\r\n\r\n")
        assert not clear.recv(100).startswith(b"HTTP/1.1 2")
