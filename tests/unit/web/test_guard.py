"""Who may read what, asked over the application itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from agent.errors import UsageError
from agent.flows.watch import Watch
from agent.intent.expectation import Expectations, ExpectedPort, Place, Target
from agent.settings import Secrets
from agent.web.app import Front, create_app
from agent.web.guard import Access, access_for

NASTY = "<script>alert(1)</script>"
CITY = Expectations(
    targets=(Target("sw-1", "127.0.0.1", 161, "ro", "hall", "core", "n9k"),),
    ports=(ExpectedPort("sw-1", "Ethernet1/1", "camera", "cctv", "hall", "town", "CAM-1", NASTY),),
    neighbors=(),
    sessions=(),
    places=(Place("hall", NASTY, "", "", 0, 0),),
    town=NASTY,
)


def ask(
    access: Access, path: str, client: str = "192.0.2.9", **headers: str
) -> tuple[int, dict[str, str], str]:
    """(status, headers, text) of a GET, through the application as a server calls it."""
    app = create_app(Watch(CITY, Secrets({"ro": "public"})), Front(access=access))
    where, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": where,
        "raw_path": where.encode(),
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
        "client": (client, 4711),
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        waiting = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if sent:
                await waiting.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await app(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(run())
    start = next(one for one in sent if one["type"] == "http.response.start")
    body = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body.decode()


CLOSED = Access(viewer="look", engineer="do", header="x-user", engineers=frozenset({"ada"}), open=False)


@pytest.mark.parametrize("path", ["/", "/map", "/find", "/changes", "/metrics", "/sd", "/api/city"])
def test_a_stranger_sees_nothing(path: str) -> None:
    assert ask(CLOSED, path)[0] == 401
    assert ask(CLOSED, path, authorization="Bearer wrong")[0] == 401
    assert ask(CLOSED, path, authorization="Bearer look")[0] == 200
    assert ask(CLOSED, path, cookie="moulin_token=do")[0] == 200
    assert ask(Access(), path)[0] == 200


@pytest.mark.parametrize("path", ["/public", "/healthz", "/static/moulin.css"])
def test_residents_are_not_asked(path: str) -> None:
    assert ask(CLOSED, path)[0] == 200


def test_a_proxy_is_believed_on_this_machine_only() -> None:
    assert ask(CLOSED, "/map", client="127.0.0.1", x_user="ada")[0] == 200
    assert ask(CLOSED, "/map", client="192.0.2.9", x_user="ada")[0] == 401


def test_login_keeps_a_good_token_and_refuses_a_bad_one() -> None:
    status, headers, _ = ask(CLOSED, "/login?token=look")
    assert (status, headers["location"]) == (303, "/")
    assert "HttpOnly" in headers["set-cookie"]
    assert ask(CLOSED, "/login?token=guess")[0] == 401


def test_every_answer_is_strict_and_escaped() -> None:
    for path in ("/", "/map", "/find?q=" + "%3Cscript%3E", "/switch/sw-1", "/public"):
        status, headers, text = ask(Access(), path)
        assert status == 200
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "<script" not in text


def test_the_api_is_described_and_says_the_same() -> None:
    described = json.loads(ask(Access(), "/api/openapi.json")[2])
    for path in described["paths"]:
        assert ask(Access(), path.replace("{device}", "sw-1"))[0] == 200
    assert described["paths"]["/api/switch/{device}"]["get"]["parameters"][0]["in"] == "path"
    city = json.loads(ask(Access(), "/api/city")[2])
    assert city["services"] == [
        {"service": "cctv", "site": "hall", "state": "unknown", "meant": 1, "working": 0, "unknown": 1}
    ]


def test_who_is_asked_depends_on_the_address() -> None:
    assert access_for("127.0.0.1", Secrets({}), "", "").open
    assert not access_for("192.0.2.1", Secrets({}), "", "").open
    guarded = access_for("127.0.0.1", Secrets({"web_viewer_token": "t"}), "", "")
    assert (guarded.open, guarded.viewer) == (False, "t")


def test_an_open_address_without_tokens_is_refused() -> None:
    from agent.cli.watch import _access  # noqa: PLC0415
    from agent.settings import Settings  # noqa: PLC0415

    with pytest.raises(UsageError, match="web_viewer_token"):
        _access("0.0.0.0:9469", Settings(), Secrets({}))
