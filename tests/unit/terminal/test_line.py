"""The line to a watch: a real one, none, a stranger, and tokens."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent.errors import UsageError
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, ExpectedPort, Target
from agent.terminal.line import NoAnswerError, WatchLine, open_line
from agent.web.app import Front
from agent.web.guard import Access
from agent.web.serve import RunningWatch

CITY = Expectations(
    (Target("hall", "127.98.9.1", 9, "ro", "town-hall", "building", "nxos"),),
    (ExpectedPort("hall", "Ethernet1/1", "camera", "cctv", "town-hall", "town", "CAM-1", "rue 1", 3.0),),
    (),
    (),
    town="Town",
)
SECRETS = {"ro": "public"}


def watch() -> Watch:
    return Watch(CITY, SECRETS, WatchOptions(interval_seconds=60, deadline_seconds=0.2))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def stranger(reply: bytes) -> Iterator[str]:
    """Something that answers every question in the same way."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(reply)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_a_watch_tells_the_city_and_a_switch() -> None:
    with RunningWatch(watch, "127.0.0.1:0") as running, WatchLine(running.url) as line:
        status = line.status()
        assert (status.town, [one.site for one in status.sites]) == ("Town", ["town-hall"])
        assert status.services[0].meant == 1
        full = line.switch("hall")
        assert [(port.interface, port.state, port.meant) for port in full.ports] == [
            ("Ethernet1/1", "unknown", "camera rue 1")
        ]
        with pytest.raises(UsageError, match="no such switch"):
            line.switch("../metrics")


def test_a_token_opens_and_none_is_told_what_to_set() -> None:
    front = Front(access=Access(viewer="right-token", open=False))
    with RunningWatch(watch, "127.0.0.1:0", front) as running:
        with open_line(running.url, "", {"web_viewer_token": "right-token"}) as line:
            assert line.status().town == "Town"
        for secrets in ({}, {"web_viewer_token": "wrong"}):
            with (
                open_line(running.url, "", secrets) as line,
                pytest.raises(UsageError, match="MOULIN_SECRET_WEB_VIEWER_TOKEN"),
            ):
                line.status()


def test_nobody_there_is_one_line_with_address_and_next_step() -> None:
    port = free_port()
    with open_line(None, f"127.0.0.1:{port}", {}) as line, pytest.raises(NoAnswerError) as caught:
        line.status()
    assert str(caught.value) == (
        f"http://127.0.0.1:{port}: no watch answers (Connection refused). start one with: moulin watch, "
        "or say where it is with --url or MOULIN_LISTEN"
    )


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.0 200 OK\r\n\r\n<html>hello</html>",
        b'HTTP/1.0 200 OK\r\n\r\n{"at": 1}',
        b"HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        b"HTTP/1.0 500 Oops\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"",
    ],
)
def test_a_stranger_is_not_believed(reply: bytes) -> None:
    with stranger(reply) as url, WatchLine(url) as line, pytest.raises(NoAnswerError, match=url):
        line.status()


def test_plain_http_where_tls_was_meant_is_refused() -> None:
    with (
        stranger(b"HTTP/1.0 400 Bad\r\n\r\n") as url,
        WatchLine(url.replace("http:", "https:")) as line,
        pytest.raises(NoAnswerError, match=r"certificate|no watch answers"),
    ):
        line.status()


def test_a_silent_listener_costs_the_timeout_only() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with WatchLine(url, timeout_seconds=0.2) as line, pytest.raises(NoAnswerError, match=r"within 0.2 s"):
            line.status()


def test_a_token_never_crosses_a_network_in_the_clear() -> None:
    with pytest.raises(UsageError, match="in the clear"):
        open_line("http://192.0.2.7:9469", "", {"web_viewer_token": "x"})
    open_line("https://192.0.2.7:9469", "", {"web_viewer_token": "x"}).close()


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1", "http://", "127.0.0.1:9469"])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="write it like"):
        open_line(url, "", {})
