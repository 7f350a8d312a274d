"""A real Alertmanager with the generated file, the hook over sockets, a helpdesk that is not always well."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from urllib3.util import Retry

from agent.errors import StoreError
from agent.flows.helpdesk import HttpDesk
from agent.flows.notice import read_notice, turn_ticket
from agent.flows.tickets import Desk
from agent.flows.watch import Watch
from agent.intent.expect import expect
from agent.intent.expectation import Expectations
from agent.noc.write import NocPlaces, build_noc
from agent.settings import Secrets
from agent.store.tickets import Ticket, TicketStore
from agent.web.app import Front
from agent.web.serve import RunningWatch
from tests.sim.city_lab import CITY, running
from tests.sim.noc_lab import hurry_alertmanager, until

ALERTMANAGER = shutil.which("prometheus-alertmanager")
BELLERIVE = expect(CITY)
TOKEN = "a-secret-token"
NOW = 1_800_000_000.0


@dataclass
class Helpdesk:
    """Tickets by id; ``answers`` are status codes that come before it is well."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)


@contextmanager
def helpdesk() -> Iterator[Helpdesk]:
    """A helpdesk on a free port."""
    state = Helpdesk()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._take("POST")

        def do_PATCH(self) -> None:
            self._take("PATCH")

        def _take(self, method: str) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append((method, self.path))
            state.headers.append(self.headers["Authorization"])
            name = self.path.removeprefix("/tickets").strip("/")
            if state.answers:
                self._say(state.answers.pop(0), {})
            elif method == "POST":
                key = self.headers["Idempotency-Key"]
                name = state.keys.setdefault(key, f"HD/{len(state.keys) + 1}")
                state.tickets[name] = told
                self._say(201, {"id": name})
            elif name.replace("%2F", "/") in state.tickets:
                state.tickets[name.replace("%2F", "/")] = told
                self._say(200, {})
            else:
                self._say(404, {})

        def _say(self, status: int, body: dict[str, Any]) -> None:
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/tickets"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ticket(status: str = "firing", before: Ticket | None = None) -> Ticket:
    labels = {"alertname": "CameraDark", "site": "mairie", "service": "cctv"}
    alert = {"status": status, "labels": labels, "annotations": {"summary": "dark"}}
    body = {"status": status, "groupLabels": labels, "alerts": [alert]}
    turned = turn_ticket(before, read_notice(json.dumps(body).encode()), NOW)
    assert turned is not None
    return turned


QUICK = Retry(
    total=3, backoff_factor=0.01, status_forcelist=(429, 502, 503, 504), allowed_methods=None,
    raise_on_status=False,
)  # fmt: skip


def test_a_helpdesk_that_stumbles_gets_the_ticket_once() -> None:
    with helpdesk() as desk:
        desk.answers = [503, 502]
        opened = ticket()
        remote = HttpDesk(desk.url, TOKEN, QUICK).tell(opened)
        assert (remote, [method for method, _ in desk.asked]) == ("HD/1", ["POST"] * 3)
        assert set(desk.headers) == {f"Bearer {TOKEN}"}
        assert TOKEN not in json.dumps(desk.tickets)
        assert desk.tickets["HD/1"]["state"] == "open"


def test_a_change_goes_to_the_same_ticket_and_a_deleted_one_is_opened_again() -> None:
    with helpdesk() as desk:
        http = HttpDesk(desk.url, TOKEN, QUICK)
        opened = ticket()
        remote = http.tell(opened)
        closed = replace(ticket("resolved", opened), remote=remote)
        assert http.tell(closed) == remote
        assert desk.asked[-1] == ("PATCH", "/tickets/HD%2F1")
        assert desk.tickets[remote]["state"] == "closed"
        desk.tickets.clear()
        assert http.tell(closed) == "HD/2"


@pytest.mark.parametrize("answers", [[401], [500], [400], [503] * 9, [302]], ids=lambda a: str(a[0]))
def test_a_refusal_is_one_line_without_the_token(answers: list[int]) -> None:
    with helpdesk() as desk:
        desk.answers = list(answers)
        with pytest.raises(StoreError, match="helpdesk") as caught:
            HttpDesk(desk.url, TOKEN, QUICK).tell(ticket())
        assert TOKEN not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_nobody_there_is_one_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/tickets"
        with pytest.raises(StoreError, match="does not answer"):
            HttpDesk(url, TOKEN, Retry(total=0)).tell(ticket())


@dataclass
class Room:
    """A watch with a desk, and an Alertmanager that can be started again."""

    folder: Path
    watch: str
    address: str

    @contextmanager
    def alertmanager(self) -> Iterator[None]:
        command = [
            str(ALERTMANAGER),
            f"--config.file={self.folder}/alertmanager.yml",
            f"--storage.path={self.folder}/alertmanager",
            f"--web.listen-address={self.address}",
            "--cluster.listen-address=",
        ]
        with running(command, self.folder / "alertmanager.log"):
            until(self._ready, 60, lambda: "Alertmanager")
            yield

    def _ready(self) -> bool:
        return requests.get(f"http://{self.address}/-/ready", timeout=5).ok

    def send(self, *alerts: dict[str, str], ended: bool = False) -> None:
        """What Prometheus would post."""
        now = datetime.now(UTC)
        ends = now - timedelta(seconds=1) if ended else now + timedelta(minutes=5)
        body = [
            {
                "labels": labels,
                "annotations": {"summary": " ".join(labels.values())},
                "startsAt": (now - timedelta(minutes=1)).isoformat(),
                "endsAt": ends.isoformat(),
            }
            for labels in alerts
        ]
        requests.post(f"http://{self.address}/api/v2/alerts", json=body, timeout=10).raise_for_status()

    def inhibited(self) -> set[str]:
        """Names of alerts that stay quiet."""
        found = requests.get(f"http://{self.address}/api/v2/alerts", timeout=10).json()
        return {alert["labels"]["alertname"] for alert in found if alert["status"]["inhibitedBy"]}

    def tickets(self, state: str = "open") -> dict[str, dict[str, Any]]:
        found = requests.get(f"{self.watch}/api/tickets?state={state}", timeout=10).json()
        return {one["alert"]: one for one in found}


@contextmanager
def room(folder: Path, front: Callable[[Desk], Front]) -> Iterator[Room]:
    with ExitStack() as stack:
        desk_of: list[Desk] = []

        def make() -> Watch:
            watch = Watch(Expectations((), (), (), ()), Secrets({}))
            watch.add_feed(desk_of[0])
            watch.own_pages.append(desk_of[0].page)
            return watch

        store = TicketStore(folder)
        stack.callback(store.close)
        desk_of.append(Desk(store, None, lambda: NOW))
        watch = stack.enter_context(RunningWatch(make, "127.0.0.1:0", front(desk_of[0])))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        texts = build_noc(BELLERIVE, NocPlaces(watch.url.removeprefix("http://")))
        (folder / "alertmanager.yml").write_text(hurry_alertmanager(texts["alertmanager.yml"]), "utf-8")
        yield Room(folder, watch.url, address)


def alert(name: str, severity: str = "page", service: str = "transport", **labels: str) -> dict[str, str]:
    return {"alertname": name, "severity": severity, "service": service, "owner": "x"} | labels


@pytest.mark.skipif(ALERTMANAGER is None, reason="prometheus-alertmanager is not installed")
def test_alertmanager_opens_keeps_and_closes_tickets_and_keeps_consequences_quiet(tmp_path: Path) -> None:
    dead = alert("SwitchUnreachable", site="mairie", device="sw-mairie", role="building")
    port = alert("PortDown", "ticket", "wifi", site="mairie", device="sw-mairie", interface="Ethernet1/9")
    other = alert("PortDown", "ticket", "wifi", site="gare", device="sw-gare", interface="Ethernet1/9")
    street = alert("CamerasDark", service="cctv", site="gare", street="rue Haute")
    camera = alert("CameraDark", service="cctv", site="gare", street="rue Haute", device="sw-gare")
    elsewhere = alert("CameraDark", service="cctv", site="port", street="quai", device="sw-port")
    with room(tmp_path, lambda desk: Front(desk=desk)) as lab:
        with lab.alertmanager():
            lab.send(dead, street)
            until(lambda: {"SwitchUnreachable", "CamerasDark"} <= lab.tickets().keys(), 30, lambda: "tickets")
            lab.send(port, other, camera, elsewhere)
            until(lambda: {"PortDown", "CameraDark"} <= lab.tickets().keys(), 30, lambda: "more tickets")
            assert lab.inhibited() == {"PortDown", "CameraDark"}
            assert lab.tickets()["PortDown"]["site"] == "gare"
            assert lab.tickets()["CameraDark"]["site"] == "port"
            before = lab.tickets()
        with lab.alertmanager():  # it starts again, and says everything once more
            lab.send(dead, street, other, elsewhere)
            lab.send(alert("FanFailed", "ticket", site="gare", device="sw-gare"))
            until(lambda: "FanFailed" in lab.tickets(), 30, lambda: "the ticket after the restart")
            after = lab.tickets()
            assert {name: one["number"] for name, one in after.items() if name in before} == {
                name: one["number"] for name, one in before.items()
            }
            assert {one["times"] for one in after.values()} == {1}
            lab.send(dead, street, other, elsewhere, ended=True)
            until(lambda: lab.tickets().keys() == {"FanFailed"}, 60, lambda: f"only one: {lab.tickets()}")
            assert lab.tickets("closed").keys() == before.keys()
        metrics = requests.get(f"{lab.watch}/metrics", timeout=10).text
        assert 'moulin_tickets_open{severity="ticket"} 1' in metrics
        assert 'moulin_tickets_open{severity="page"} 0' in metrics
