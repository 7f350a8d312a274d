"""A stand-in for an Arista switch: eAPI over loopback HTTP with configuration sessions and commit timers.

It is small and it is no EOS: a few lines of grammar, enough for NAPALM's own unmodified ``eos`` driver to
load, compare, commit on trial, confirm, abort and roll back against something that keeps state. The tests
move its clock.
"""

from __future__ import annotations

import base64
import copy
import difflib
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.cli.main import run
from agent.store.sealing import new_key

ROOT = Path(__file__).parents[3]
Moulin = Callable[..., tuple[int, str]]

TOPS = ("hostname", "interface", "vlan", "username", "ip", "ntp", "router", "snmp-server")
INSIDE = ("description", "mtu", "switchport", "shutdown", "name", "no")
ONE_VALUE = ("hostname", "description", "mtu", "name", "ntp")
Config = dict[str, dict[str, Any]]


class RefusedError(Exception):
    """A line that the stand-in does not take."""


@dataclass
class Session:
    config: Config
    state: str = "pending"
    before: Config = field(default_factory=dict)
    until: float = 0.0


@dataclass
class Arista:
    """What the box has; outlives its server's connections."""

    password: str = "arista-pw"
    running: Config = field(default_factory=lambda: {"hostname border-1": {}, "interface Ethernet1": {}})
    startup: Config = field(default_factory=dict)
    flash: dict[str, Config] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    now: float = 1000.0
    mute: bool = False
    mute_after_commit: bool = False
    log: list[str] = field(default_factory=list)
    overheard: Callable[[str], None] = lambda line: None
    """Told of each line once it is done."""
    port: int = 0

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        for session in self.sessions.values():
            if session.state == "pendingCommitTimer" and self.now >= session.until:
                self.running, session.state = session.before, "aborted"

    def answer(self, commands: list[Any], form: str) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = []
        mode: list[dict[str, Any]] = []
        for command in commands:
            line = command["cmd"] if isinstance(command, dict) else command
            self.log.append(line)
            if mode and line == "end":
                mode = []
                found: Any = {}
            elif mode:
                found = self._configure(mode, line)
            elif line.startswith("configure session ") and len(line.split()) == 3:
                session = self.sessions.setdefault(line.split()[2], Session(copy.deepcopy(self.running)))
                mode, found = [session.config], {}
            else:
                found = self._exec(line)
            self.overheard(line)
            results.append({"output": found} if form == "text" and isinstance(found, str) else found)
        return results

    def _configure(self, mode: list[dict[str, Any]], line: str) -> dict[str, Any]:
        if line == "rollback clean-config":
            mode[0].clear()
            return {}
        word = line.removeprefix("no ").split()[0]
        if word in TOPS:
            del mode[1:]
        elif word not in INSIDE or len(mode) < 2:
            raise RefusedError(line)
        config = mode[-1]
        bare = line.removeprefix("no ")
        for old in [old for old in config if old == bare or (word in ONE_VALUE and old.split()[0] == word)
                    or (line.startswith("no ") and old.startswith(f"{bare} "))]:  # fmt: skip
            if line.startswith("no ") or old != line:
                del config[old]
        if not line.startswith("no "):
            config.setdefault(line, {})
            order = sorted(config, key=lambda old: (old.split()[0] not in TOPS, TOPS.index(old.split()[0])
                                                    if old.split()[0] in TOPS else 0, old))  # fmt: skip
            for old in order:  # a box writes its lines in an order of its own
                config[old] = config.pop(old)
        if word in {"interface", "vlan", "router"} and not line.startswith("no "):
            mode.append(config[line])
        return {}

    def _exec(self, line: str) -> Any:
        words = line.split()
        match words:
            case ["enable"] | ["write", "memory"]:
                if words[0] == "write":
                    self.startup = copy.deepcopy(self.running)
                return {}
            case ["copy", "startup-config", target]:
                self.flash[target] = copy.deepcopy(self.startup)
                return {}
            case ["configure", "replace", source]:
                self.running = copy.deepcopy(self.flash[source])
                return {}
            case ["configure", "session", name, "commit", *timer]:
                self._commit(self.sessions[name], timer)
                return {}
            case ["configure", "session", name, "abort"]:
                session = self.sessions.pop(name)
                if session.state == "pendingCommitTimer":
                    self.running = session.before
                return {}
            case ["show", "session-config", "named", name, "diffs"]:
                return self._diff(name)
            case ["show", "configuration", "sessions", *_]:
                return {"sessions": {name: {"state": s.state, "commitBy": s.until}
                                     for name, s in self.sessions.items()}}  # fmt: skip
        return self._show(line)

    def _show(self, line: str) -> Any:
        shown = {
            "show version": {"version": "4.30.1F", "internalVersion": "4.30.1F-1", "modelName": "DCS-7050",
                             "serialNumber": "JPE0", "bootupTimestamp": 0.0, "uptime": self.now},
            "show hostname": {"hostname": "border-1", "fqdn": "border-1"},
            "show interfaces": {"interfaces": {"Ethernet1": {}}},
            "show running-config": render(self.running),
            "show startup-config": render(self.startup),
            "show running-config sanitized": re.sub(r"(secret sha512) \S+", r"\1 *", render(self.running)),
        }  # fmt: skip
        if line not in shown:
            raise RefusedError(line)
        return shown[line]

    def _commit(self, session: Session, timer: list[str]) -> None:
        if timer:
            hours, minutes, seconds = (int(part) for part in timer[1].split(":"))
            session.before, session.state = self.running, "pendingCommitTimer"
            session.until = self.now + 3600 * hours + 60 * minutes + seconds
            self.running = session.config
            self.mute = self.mute_after_commit
        elif session.state == "pendingCommitTimer":
            session.state = "completed"
        else:
            self.running, session.state = session.config, "completed"

    def _diff(self, name: str) -> str:
        old, new = render(self.running).splitlines(), render(self.sessions[name].config).splitlines()
        rows = list(difflib.unified_diff(old, new, "system:/running-config", f"session:/{name}", lineterm=""))
        return "\n".join(rows)


def render(config: Config, depth: int = 0) -> str:
    rows = []
    for line, body in config.items():
        rows.append(f"{'   ' * depth}{line}\n{render(body, depth + 1)}")
    return "".join(rows) if depth else f"! Command: show running-config\n{''.join(rows)}"


def handler(box: Arista) -> type[BaseHTTPRequestHandler]:
    class Eapi(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            word = base64.b64encode(f"admin:{box.password}".encode()).decode()
            if box.mute:
                self.close_connection = True
                return
            if self.headers.get("Authorization") != f"Basic {word}":
                self.send_error(401)
                return
            reply: dict[str, Any] = {"jsonrpc": "2.0", "id": body["id"]}
            params = body["params"]
            try:
                reply["result"] = box.answer(params["cmds"], params.get("format", "json"))
            except RefusedError as exc:
                reply["error"] = {"code": 1002, "message": f"CLI command '{exc}' failed: invalid command",
                                  "data": [{"errors": ["Invalid input"]}]}  # fmt: skip
            data = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Eapi


@pytest.fixture
def arista() -> Iterator[Arista]:
    with listening(Arista()) as box:
        yield box


@pytest.fixture
def second(moulin: Moulin, tmp_path: Path) -> Iterator[Arista]:
    """Another box, border-2."""
    with listening(Arista()) as box:
        enlist(tmp_path, "border-2", box)
        yield box


@contextmanager
def listening(box: Arista) -> Iterator[Arista]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(box))
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield box
    server.shutdown()
    thread.join(10)
    server.server_close()


WANTED = """\
hostname border-1
vlan 20
   name guests
interface Ethernet1
   description {{ uplink }}
username ana secret sha512 {{ secret("ana_hash") }}
"""


def enlist(tmp_path: Path, name: str, box: Arista) -> None:
    """The box stands in the inventory, with a text of its own."""
    port = {"port": box.port, "extras": {"optional_args": {"transport": "http"}}}
    host = {
        "hostname": "127.0.0.1",
        "data": {"driver": "eos", "site": "mairie"},
        "connection_options": {"napalm": port},
    }
    with (tmp_path / "inventory" / "hosts.yaml").open("a", encoding="utf-8") as hosts:
        hosts.write(yaml.safe_dump({name: host}))
    text = WANTED.replace("{{ uplink }}", "to core-1").replace("border-1", name)
    (tmp_path / "inventory" / "boxes" / f"{name}.cfg").write_text(text, "utf-8")


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    """The city, and what ``moulin`` is told about it."""
    inventory = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", inventory)
    (inventory / "boxes").mkdir()
    told = {
        "MOULIN_INVENTORY": inventory,
        "MOULIN_TEMPLATES": ROOT / "templates",
        "MOULIN_STATE": tmp_path / "state",
        "MOULIN_TIMEOUT_SECONDS": 5,
        "MOULIN_SECRET_ADMIN_PASSWORD": "arista-pw",
        "MOULIN_SECRET_ANA_HASH": "$6$s4lt$hash",
        "MOULIN_SECRET_BACKUP_KEY": new_key(),
    }
    return {name: str(value) for name, value in told.items()}


@pytest.fixture
def moulin(
    arista: Arista,
    told: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Moulin:
    """What a person types, with border-1 in the inventory; exit code and what it said."""
    enlist(tmp_path, "border-1", arista)
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    def moulin(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(list(arguments))
        said = capsys.readouterr()
        return int(code), said.out + said.err

    return moulin
