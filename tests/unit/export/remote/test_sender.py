"""What the answers of receivers mean, over real HTTP: retry, give up, fall back, tenant and login."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.export.remote import sender as sender_module
from agent.export.remote.destination import Destination, load_destinations
from agent.export.remote.queue import DiskQueue
from agent.export.remote.sender import Sender, Verdict, judge
from agent.export.remote.wire import Group, pack_group

COUNTED = {"X-Prometheus-Remote-Write-Samples-Written": "1"}


@pytest.mark.parametrize(
    ("status", "headers", "version", "fall_back", "verdict"),
    [
        (200, {}, 1, False, Verdict.TAKEN),
        (204, {"x-prometheus-remote-write-samples-written": "3"}, 2, True, Verdict.TAKEN),
        (204, {}, 2, True, Verdict.OLDER),
        (204, {}, 2, False, Verdict.REFUSED),
        (415, {}, 2, True, Verdict.OLDER),
        (400, {}, 2, True, Verdict.OLDER),
        (400, {}, 2, False, Verdict.REFUSED),
        (400, {}, 1, False, Verdict.REFUSED),
        (301, {}, 1, False, Verdict.REFUSED),
        (401, {}, 1, False, Verdict.REFUSED),
        (404, {}, 2, True, Verdict.REFUSED),
        (429, {}, 2, True, Verdict.AGAIN),
        (500, {}, 2, True, Verdict.AGAIN),
        (599, {}, 1, False, Verdict.AGAIN),
    ],
)
def test_answers(
    status: int, headers: dict[str, str], version: int, fall_back: bool, verdict: Verdict
) -> None:
    assert judge(status, headers, version, may_fall_back=fall_back) is verdict


@dataclass
class Receiver:
    """Answers by a script of (status, headers); the last goes on for ever."""

    script: list[tuple[int, Mapping[str, str]]]
    requests: list[Mapping[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def receive(*script: tuple[int, Mapping[str, str]]) -> Iterator[Receiver]:
    receiver = Receiver(list(script))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            receiver.requests.append(dict(self.headers))
            status, headers = receiver.script[0] if len(receiver.script) == 1 else receiver.script.pop(0)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/write"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(
    receiver: Receiver,
    folder: Path,
    until: Callable[[Sender], bool],
    secrets: Mapping[str, str],
    **options: str,
) -> Sender:
    """Two devices, two instants, sent until a condition holds."""

    async def main() -> Sender:
        queue = DiskQueue(folder / "q")
        queue.open()
        destination = Destination(name="q", url=receiver.url, **options)
        sender = Sender(destination, queue, secrets, random.Random(1))
        for at in (1000, 2000):
            for device in ("a", "b"):
                sender.put(pack_group(Group(at, (("instance", device),), {"up ": 1})), 1)
        stop = asyncio.Event()
        running = asyncio.create_task(sender.run(stop))
        async with asyncio.timeout(20):
            while not until(sender):  # noqa: ASYNC110  # its own timeout bounds it
                await asyncio.sleep(0.01)
        stop.set()
        await running
        queue.close()
        return sender

    return asyncio.run(main())


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender_module, "PAUSES", (0.01, 0.05))
    monkeypatch.setattr(sender_module, "IDLE_SECONDS", 0.01)


def all_sent(sender: Sender) -> bool:
    return sender.queue.waiting == 0


def test_version_2_is_kept_where_it_is_counted_and_an_instant_is_a_request(tmp_path: Path) -> None:
    with receive((204, COUNTED)) as receiver:
        sender = send(receiver, tmp_path, all_sent, {})
    assert (sender.sent.samples, sender.version, sender.sent.dropped) == (4, 2, {})
    assert [one["X-Prometheus-Remote-Write-Version"] for one in receiver.requests] == ["2.0.0"] * 2
    assert receiver.requests[0]["Content-Type"].endswith("proto=io.prometheus.write.v2.Request")


@pytest.mark.parametrize("first", [(415, {}), (204, {}), (400, {})], ids=["415", "silent-204", "400"])
def test_an_older_receiver_gets_the_same_samples_again(
    tmp_path: Path, first: tuple[int, Mapping[str, str]]
) -> None:
    with receive(first, (204, {})) as receiver:
        sender = send(receiver, tmp_path, all_sent, {})
    versions = [one["X-Prometheus-Remote-Write-Version"] for one in receiver.requests]
    assert versions == ["2.0.0", "0.1.0", "0.1.0"]
    assert (sender.sent.samples, sender.sent.dropped) == (4, {})


def test_failures_are_tried_again_and_refusals_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = [(503, {}), (429, {"Retry-After": "0"}), (204, {}), (400, {})]
    with receive(*script) as receiver:
        sender = send(receiver, tmp_path, all_sent, {}, protocol="1")
    assert len(receiver.requests) == 4
    assert (sender.sent.samples, sender.sent.retries, sender.sent.dropped) == (2, 2, {"refused": 2})
    assert "answers 503" in caplog.text


def test_what_is_not_taken_waits_for_the_next_start(tmp_path: Path) -> None:
    with receive((500, {})) as receiver:
        sender = send(receiver, tmp_path, lambda sender: sender.sent.retries > 2, {})
    assert sender.sent.samples == 0
    queue = DiskQueue(tmp_path / "q")
    queue.open()
    assert queue.waiting == 4
    queue.close()


def test_tenant_and_login_are_headers(tmp_path: Path) -> None:
    secrets = {"push": "bearer abc", "old": "basic moulin pass word"}
    with receive((204, COUNTED)) as receiver:
        send(receiver, tmp_path / "1", all_sent, secrets, org="issy", credentials="push")
        send(receiver, tmp_path / "2", all_sent, secrets, credentials="old")
    assert receiver.requests[0]["X-Scope-OrgID"] == "issy"
    assert receiver.requests[0]["Authorization"] == "Bearer abc"
    assert receiver.requests[-1]["Authorization"].startswith("Basic ")
    assert "X-Scope-OrgID" not in receiver.requests[-1]
    with pytest.raises(UsageError, match="neither"):
        send(receiver, tmp_path / "3", all_sent, {"push": "letmein"}, credentials="push")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- {name: a, url: ftp://x}", "entry 0 url"),
        ("- {name: a, url: 'http://x', colour: red}", "entry 0 colour"),
        ("[{", "not YAML"),
        ("- {name: a, url: 'http://x'}\n- {name: a, url: 'http://y'}", "two receivers"),
    ],
)
def test_a_wrong_file_is_said_in_a_line(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "remote.yaml"
    file.write_text(text)
    with pytest.raises(UsageError, match=problem):
        load_destinations(file)
