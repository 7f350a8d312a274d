"""NX-API over its real socket and any body: an error of NX-API, never one of the server."""

from __future__ import annotations

import base64
import http.client
import json
import os
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vnexus import testing
from vnexus.lab import Lab
from vnexus.servers.insapi import read_xml, write_xml
from vnexus.topology import NodeSpec, Topology

LONG = int(os.environ.get("VNEXUS_FUZZ", "0"))
"""Examples of a long run (fuzz/run.py)."""
SMALL = settings(
    max_examples=LONG or 60, deadline=None, derandomize=not LONG, suppress_health_check=list(HealthCheck)
)
NODES = tuple(NodeSpec(f"leaf-{n}", "n9k-10", "N9K-C93180YC-FX3", f"127.66.73.{n}") for n in (1, 2))
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"admin:admin").decode()}
ANSWERS = {200, 400, 401, 404, 405, 408, 413}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
commands = st.sampled_from(
    ["show version", "show vlan", "show clock", "vlan 7", "no vlan 7", "bogus", "", "; ;", "conf t", "end",
     "show run | json", "show version | xml", "interface Ethernet1/1 ;description x", "reload in", "² ٣"]
) | st.text(max_size=30)  # fmt: skip
calls = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": anything,
        "method": st.sampled_from(["cli", "cli_ascii", "cli_array"]) | anything,
        "params": st.fixed_dictionaries({}, optional={"cmd": commands | anything, "version": anything})
        | anything,
        "id": st.integers() | anything,
        "rollback": st.sampled_from(["stop-on-error", "continue-on-error", "rollback-on-error"]) | anything,
    },
)
ins_api = st.fixed_dictionaries(
    {
        "ins_api": st.fixed_dictionaries(
            {},
            optional={
                "version": anything,
                "type": st.sampled_from(["cli_show", "cli_show_ascii", "cli_conf", "cli_show_array", "bash"])
                | anything,
                "chunk": st.sampled_from(["0", "1"]) | anything,
                "sid": st.sampled_from(["1", "sid", "eoc", "vnexus-999"]) | anything,
                "input": commands | anything,
                "output_format": st.sampled_from(["json", "xml"]) | anything,
                "rollback": anything,
            },
        )
        | anything
    }
)
documents = st.builds(
    lambda kind, text, extra: (
        f"<?xml version='1.0'?><ins_api><type>{kind}</type><input>{text}</input>{extra}</ins_api>"
    ),
    st.sampled_from(["cli_show", "cli_conf", "cli_show_ascii", "x"]),
    st.text(max_size=20),
    st.sampled_from(["", "<chunk>1</chunk>", "<sid>zzz</sid>", "<a><b/></a>", "<", "&x;", "<!-- -->", "]]>"]),
).map(lambda text: text.encode(errors="replace"))


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with testing.running(Topology("fuzz", NODES)) as running:
        yield running


def post(lab: Lab, node: int, body: bytes, headers: dict[str, str] = LOGIN) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(NODES[node].address, lab.topology.listen.nxapi, timeout=60)
    try:
        connection.request("POST", "/ins", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def asked(lab: Lab, body: bytes) -> bytes:
    """The answer is one of NX-API, and the neighbour goes on answering."""
    status, said = post(lab, 0, body)
    assert status in ANSWERS, said
    if said.startswith(b"<?xml"):
        ET.fromstring(said)  # noqa: S314 - our own server's
    elif said.startswith((b"{", b"[")):
        json.loads(said)
    call = {
        "jsonrpc": "2.0",
        "method": "cli_ascii",
        "params": {"cmd": "show hostname", "version": 1},
        "id": 1,
    }
    status, said = post(lab, 1, json.dumps(call).encode())
    assert (status, "leaf-2" in json.loads(said)["result"]["msg"]) == (200, True)
    return said


@SMALL
@given(st.binary(max_size=200))
@example(b"")
@example(b"\x00")
@example(b"\xff\xfe<\x00")
def test_any_bytes(lab: Lab, body: bytes) -> None:
    asked(lab, body)


@SMALL
@given(calls | st.lists(calls, max_size=4) | anything)
def test_any_json_rpc(lab: Lab, data: object) -> None:
    asked(lab, json.dumps(data).encode())


@SMALL
@given(ins_api)
def test_any_ins_api(lab: Lab, data: object) -> None:
    asked(lab, json.dumps(data).encode())


@SMALL
@given(documents)
def test_any_document(lab: Lab, body: bytes) -> None:
    asked(lab, body)


@SMALL
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), st.text(max_size=30), max_size=5))
def test_documents_come_back(fields: dict[str, str]) -> None:
    written = write_xml({"ins_api": fields}).encode()
    clean = {name: ET.fromstring(written).findtext(name) or "" for name in fields}  # noqa: S314 - our own
    assert read_xml(written) == {name: text.strip() for name, text in clean.items()}


BOMB = (
    '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><ins_api><type>cli_show</type><input>&i;</input></ins_api>"
)
HUGE_NUMBER = b'{"jsonrpc": "2.0", "id": ' + b"9" * 10_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 1_000_000, id="open-brackets"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep-json"),
        pytest.param(b'{"ins_api":' * 5_000 + b"1" + b"}" * 5_000, id="deep-ins-api"),
        pytest.param(
            b'{"id":' + b"[" * 900 + b"]" * 900 + b',"method":"cli","params":{"cmd":"x"}}', id="deep-id"
        ),
        pytest.param(HUGE_NUMBER, id="figure-without-end"),
        pytest.param(b'{"method": ["cli"], "params": {"cmd": "show clock"}}', id="method-is-a-list"),
        pytest.param(BOMB.encode(), id="entity-bomb"),
        pytest.param(BOMB.encode("utf-16-le"), id="entity-bomb-in-utf-16"),
        pytest.param(b"<a>" * 300_000, id="deep-xml"),
        pytest.param(b"<ins_api>" * 100_000 + b"</ins_api>" * 100_000, id="deep-xml-closed"),
        pytest.param(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><ins_api/>', id="external-entity"),
        pytest.param(b'<?xml version="1.0" encoding="no-such"?><ins_api/>', id="no-such-encoding"),
        pytest.param(json.dumps([{}] * 20_000).encode(), id="calls-without-end"),
        pytest.param(
            json.dumps({"ins_api": {"type": "cli_conf", "input": "x ;" * 500_000}}).encode(),
            id="lines-without-end",
        ),
    ],
)
def test_known_tricks(lab: Lab, body: bytes) -> None:
    asked(lab, body)


def test_a_body_of_fifty_megabytes_is_too_large(lab: Lab) -> None:
    body = b"x" * (50 * 1024 * 1024)
    try:
        status, _ = post(lab, 0, body)
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # the server stops reading and closes
    assert status == 413
    asked(lab, b"{}")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nobody"),
        pytest.param({"Authorization": "Basic ????"}, id="not-base64"),
        pytest.param({"Authorization": "Basic \xe9\xe9"}, id="not-ascii"),
        pytest.param({"Authorization": "Basic " + base64.b64encode(b"\xff\xfe").decode()}, id="not-utf-8"),
        pytest.param(
            {"Authorization": "Basic " + base64.b64encode(b"x" * 60_000)[:4000].decode()}, id="long"
        ),
        pytest.param({"Cookie": "nxapi_auth=admin:\xe9\xe9"}, id="cookie-not-ascii"),
        pytest.param({"Cookie": "nxapi_auth=admin:0000; ;;==;"}, id="cookie-guessed"),
    ],
)
def test_who_does_not_prove_who_he_is(lab: Lab, headers: dict[str, str]) -> None:
    assert post(lab, 0, b"{}", headers)[0] == 401
    asked(lab, b"{}")


def test_a_session_of_chunks_that_is_not_there(lab: Lab) -> None:
    asked_for = {
        "type": "cli_show",
        "chunk": "1",
        "sid": "vnexus-12345",
        "input": "show run",
        "output_format": "json",
    }
    status, said = post(lab, 0, json.dumps({"ins_api": asked_for}).encode())
    assert status == 200
    assert json.loads(said)["ins_api"]["outputs"]["output"]["msg"] == "Invalid sid"
