"""Who may read what, asked over the application itself."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from agent.errors import UsageError
from agent.flows.tickets import Desk
from agent.flows.watch import Watch
from agent.intent.expectation import Expectations, ExpectedPort, Place, Target
from agent.settings import Secrets
from agent.store.tickets import TicketStore
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
    return call(app, ("GET", path), b"", client, headers)


def post(
    access: Access, folder: Path, body: bytes, content_type: str = "application/json", **headers: str
) -> tuple[int, str]:
    """(status, text) of a POST to the hook."""
    desk = Desk(TicketStore(folder), None, lambda: 0.0)
    app = create_app(Watch(CITY, Secrets({"ro": "public"})), Front(access=access, desk=desk))
    said = call(app, ("POST", "/api/alerts"), body, "192.0.2.9", headers | {"content_type": content_type})
    desk.store.close()
    return said[0], said[2]


def call(
    app: Starlette, line: tuple[str, str], body: bytes, client: str, headers: dict[str, str]
) -> tuple[int, dict[str, str], str]:
    """(status, headers, text) of a request, through the application as a server calls it."""
    method, path = line
    where, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
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
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await app(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(run())
    start = next(one for one in sent if one["type"] == "http.response.start")
    text = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body").decode()
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, text


CLOSED = Access(viewer="look", engineer="do", header="x-user", engineers=frozenset({"ada"}), open=False)


@pytest.mark.parametrize("path", ["/", "/map", "/find", "/changes", "/metrics", "/sd", "/api/city"])
def test_a_stranger_sees_nothing(path: str) -> None:
    assert ask(CLOSED, path)[0] == 401
    assert ask(CLOSED, path, authorization="Bearer wrong")[0] == 401
    assert ask(CLOSED, path, authorization="Bearer look")[0] == 200
    assert ask(CLOSED, path, cookie="moulin_token=do")[0] == 200
    assert ask(Access(), path)[0] == 200


@pytest.mark.parametrize("host", ["x/public?", "x/static/", "127.0.0.1/login?token=", "x/healthz#"])
def test_a_host_header_opens_no_door(host: str) -> None:
    assert ask(CLOSED, "/api/city", host=host)[0] == 401


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


def test_alertmanagers_token_opens_its_own_door_only(tmp_path: Path) -> None:
    access = replace(CLOSED, hook="ring")
    wrong = b'{"status": "firing"}'
    for token, status in (("ring", 400), ("do", 400), ("look", 403), ("wrong", 401)):
        assert post(access, tmp_path, wrong, authorization=f"Bearer {token}")[0] == status, token
    assert ask(access, "/api/tickets", authorization="Bearer ring")[0] == 401
    assert ask(access, "/api/city", authorization="Bearer ring")[0] == 401
    assert post(CLOSED, tmp_path, wrong, authorization="Bearer ")[0] == 401
    assert post(Access(), tmp_path, wrong)[0] == 400


def test_the_door_refuses_what_is_no_notice_in_one_line(tmp_path: Path) -> None:
    assert post(Access(), tmp_path, b"{", content_type="text/plain")[0] == 415
    status, text = post(Access(), tmp_path, b"{" * 5000)
    assert status == 400
    assert text.startswith("not a notice of Alertmanager")
    assert text.count("\n") == 1
    assert post(Access(), tmp_path, b" " * 1_100_000)[0] == 413


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
