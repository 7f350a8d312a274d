"""Tickets from Alertmanager's notices: once, changed, closed, opened again; told at last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.errors import StoreError, UsageError
from agent.flows.helpdesk import FileDesk, HttpDesk, open_helpdesk
from agent.flows.notice import LINES, read_notice, turn_ticket
from agent.flows.tickets import Desk
from agent.settings import Secrets
from agent.store.tickets import Ticket, TicketStore

NOW = 1_800_000_000.0


def notice(status: str = "firing", *cameras: str, **labels: str) -> bytes:
    """What Alertmanager posts for a group."""
    words = {"alertname": "CameraDark", "site": "mairie"} | labels
    more = {"severity": "page", "owner": "video", "service": "cctv"}
    alerts = [
        {
            "status": status,
            "labels": words | more | {"endpoint": camera},
            "annotations": {
                "summary": f"camera {camera} is dark",
                "action": "Look.",
                "runbook_url": "https://books/CameraDark.md",
            },
            "startsAt": "2027-01-15T08:00:00Z",
            "fingerprint": camera,
        }
        for camera in cameras or ("CAM-1",)
    ]
    told: dict[str, Any] = {
        "version": "4",
        "groupKey": "{}:{}",
        "status": status,
        "receiver": "tickets",
        "groupLabels": words,
        "commonLabels": words | more,
        "alerts": alerts,
    }
    return json.dumps(told).encode()


def turn(before: Ticket | None, body: bytes, at: float = NOW) -> Ticket | None:
    return turn_ticket(before, read_notice(body), at)


def test_a_ticket_is_opened_once_whatever_is_repeated() -> None:
    first = turn(None, notice())
    assert first is not None
    assert (first.state, first.title, first.owner, first.revision) == (
        "open",
        "camera CAM-1 is dark",
        "video",
        1,
    )
    again = turn(first, notice(), NOW + 60)
    assert again is not None
    assert (again.revision, again.changed_at, again.heard_at) == (1, NOW, NOW + 60)


def test_a_second_camera_changes_the_ticket() -> None:
    first = turn(None, notice())
    more = turn(first, notice("firing", "CAM-1", "CAM-2"), NOW + 60)
    assert more is not None
    assert (more.revision, more.opened_at, more.changed_at) == (2, NOW, NOW + 60)
    assert more.title == "2 times CameraDark: camera CAM-1 is dark …"
    assert [line.summary for line in more.lines] == ["camera CAM-1 is dark", "camera CAM-2 is dark"]


def test_the_end_closes_it_and_a_return_opens_the_same_again() -> None:
    first = turn(None, notice())
    closed = turn(first, notice("resolved"), NOW + 60)
    assert closed is not None
    assert (closed.state, closed.revision) == ("closed", 2)
    assert turn(closed, notice("resolved"), NOW + 90) == closed
    back = turn(closed, notice(), NOW + 120)
    assert back is not None
    assert (back.state, back.times, back.revision, back.opened_at) == ("open", 2, 3, NOW + 120)
    assert first is not None
    assert back.fingerprint == first.fingerprint


def test_the_end_of_what_never_began_is_nothing() -> None:
    assert turn(None, notice("resolved")) is None


def test_a_flood_is_cut_and_counted() -> None:
    many = turn(None, notice("firing", *(f"CAM-{n:03d}" for n in range(400))))
    assert many is not None
    assert len(many.lines) == LINES
    assert many.title.startswith("400 times CameraDark")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"status": "firing"}',
        notice().replace(b"firing", b"bad"),
        b"\xff\xfe",
    ],
    ids=["empty", "half", "list", "null", "without alerts", "unknown status", "no utf-8"],
)
def test_what_is_no_notice_is_told_in_one_line(body: bytes) -> None:
    with pytest.raises(UsageError, match="not a notice of Alertmanager") as caught:
        read_notice(body)
    assert "\n" not in str(caught.value)


class _Reluctant:
    """A helpdesk that refuses as long as it is told to."""

    def __init__(self) -> None:
        self.refuses: Callable[[Ticket], bool] = lambda _: False
        self.taken: list[tuple[int, str, int]] = []

    def tell(self, ticket: Ticket) -> str:
        if self.refuses(ticket):
            raise StoreError("helpdesk: refused")
        self.taken.append((ticket.number, ticket.state, ticket.revision))
        return f"HD-{ticket.number}"


async def _run_until(desk: Desk, done: Callable[[], bool]) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(desk.run(stop))
    async with asyncio.timeout(20):
        while not done():
            await asyncio.wait({running}, timeout=0.01)
    stop.set()
    await running


def _desk(folder: Path, helpdesk: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("agent.flows.tickets.PAUSE_SECONDS", (0.01, 0.05))
    return Desk(TicketStore(folder), helpdesk, lambda: NOW)


def test_what_the_helpdesk_refused_is_told_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helpdesk = _Reluctant()
    helpdesk.refuses = lambda _: True

    async def before() -> None:
        desk = _desk(tmp_path, helpdesk, monkeypatch)
        await desk.take(notice())
        await _run_until(desk, lambda: desk.failures["helpdesk"] >= 2)
        await desk.take(notice("firing", "CAM-1", "CAM-2"))
        assert desk.page().value(_metric("TICKETS_WAITING")) == 1
        desk.store.close()

    async def after() -> None:
        helpdesk.refuses = lambda _: False
        desk = _desk(tmp_path, helpdesk, monkeypatch)
        await _run_until(desk, lambda: bool(helpdesk.taken) and desk.tally.waiting == 0)
        assert helpdesk.taken == [(1, "open", 2)]  # the last state only
        assert (await desk.recent(10))[0].remote == "HD-1"
        await desk.take(notice("resolved"))
        assert desk.page().value(_metric("TICKETS_OPEN"), "page") == 0
        desk.store.close()

    asyncio.run(before())
    asyncio.run(after())


def test_a_ticket_that_is_refused_does_not_hold_the_others_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helpdesk = _Reluctant()
    helpdesk.refuses = lambda ticket: ticket.number <= 4

    async def run() -> None:
        desk = _desk(tmp_path, helpdesk, monkeypatch)
        for number in range(8):
            await desk.take(notice(site=f"site-{number}"))
        await _run_until(desk, lambda: len(helpdesk.taken) == 4)
        assert {number for number, _, _ in helpdesk.taken} == {5, 6, 7, 8}
        assert desk.failures["helpdesk"] >= 4
        desk.store.close()

    asyncio.run(run())


def test_open_tickets_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.flows.tickets.OPEN_LIMIT", 2)

    async def run() -> None:
        desk = _desk(tmp_path, None, monkeypatch)
        for number in range(2):
            await desk.take(notice(site=f"site-{number}"))
        with pytest.raises(StoreError, match="no room"):
            await desk.take(notice(site="one-more"))
        assert desk.failures["store"] == 1
        await desk.take(notice("resolved", site="site-0"))
        assert await desk.take(notice(site="one-more")) is not None
        desk.store.close()

    asyncio.run(run())


def test_closed_tickets_are_forgotten_when_the_helpdesk_knows(tmp_path: Path) -> None:
    store = TicketStore(tmp_path)
    for number in range(3):
        body = notice(site=f"s{number}")
        store.change(read_notice(body).fingerprint, lambda before, body=body: turn(before, body))  # type: ignore[misc]
    for number in range(2):
        body = notice("resolved", site=f"s{number}")
        store.change(read_notice(body).fingerprint, lambda before, body=body: turn(before, body))  # type: ignore[misc]
    store.tell(1, 2, "HD-1")
    assert store.prune(NOW + 500 * 86_400) == 1
    assert {ticket.number for ticket in store.recent()} == {2, 3}
    store.close()


def test_a_ticket_is_a_file_for_people_and_programs(tmp_path: Path) -> None:
    opened = turn(None, notice("firing", "CAM-1", "CAM-2"))
    assert opened is not None
    name = FileDesk(tmp_path / "desk").tell(opened)
    assert [file.name for file in (tmp_path / "desk").iterdir()] == [name]
    _, head, words = (tmp_path / "desk" / name).read_text("utf-8").split("---\n")
    assert yaml.safe_load(head) | {"fingerprint": ""} == {
        "number": 0,
        "fingerprint": "",
        "state": "open",
        "severity": "page",
        "title": "2 times CameraDark: camera CAM-1 is dark …",
        "alert": "CameraDark",
        "owner": "video",
        "service": "cctv",
        "site": "mairie",
        "opened_at": "2027-01-15T08:00:00Z",
        "changed_at": "2027-01-15T08:00:00Z",
        "times_opened": 1,
        "revision": 1,
    }
    assert "- **camera CAM-2 is dark** (since 2027-01-15T08:00:00Z)\n  Look.\n" in words


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("a file", encoding="utf-8")
    opened = turn(None, notice())
    assert opened is not None
    with pytest.raises(StoreError, match="check MOULIN_TICKETS"):
        FileDesk(tmp_path / "desk").tell(opened)


def test_a_url_with_a_password_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    secrets = Secrets({})
    for where in ("ftp://desk.example/", "https://user:hunter2@desk.example/", "http:///x"):
        with pytest.raises(UsageError, match="MOULIN_TICKETS") as caught:
            open_helpdesk(where, secrets)
        assert "hunter2" not in str(caught.value)
    assert isinstance(open_helpdesk(str(tmp_path), secrets), FileDesk)
    assert isinstance(open_helpdesk("https://desk.example/tickets", secrets), HttpDesk)


def _metric(name: str) -> Any:
    return getattr(__import__("agent.metrics", fromlist=[name]), name)
