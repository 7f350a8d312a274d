"""One switch: its configuration, files, checkpoints, users; no sockets."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from collections import deque
from typing import Protocol

from vnexus import hardware
from vnexus.config.aclsession import AclSession
from vnexus.config.configuration import Configuration
from vnexus.config.platform import platform_of
from vnexus.config.secrets import check_password
from vnexus.config.session import ConfigSession
from vnexus.config.tree import Section
from vnexus.exec import commands  # noqa: F401 - registers the handlers
from vnexus.exec.accounting import KEPT, Accounted
from vnexus.exec.checkpoints import Checkpoints
from vnexus.exec.commits import Commits
from vnexus.exec.files import Flash
from vnexus.exec.install import booted_release
from vnexus.exec.replace import Replacement
from vnexus.exec.scheduler import Scheduler
from vnexus.exec.shell import Shell
from vnexus.factory import factory_config
from vnexus.faults import NodeFaults
from vnexus.telemetry.status import TelemetryStatus
from vnexus.topology import NodeSpec
from vnexus.world import Clock, World
from vnexus.world.faults import BootflashFull
from vnexus.world.journal import Journal


class Connection(Protocol):
    """What a node needs of an SSH connection to end it."""

    def abort(self) -> None: ...
    async def wait_closed(self) -> None: ...


class StartupError(Exception):
    """A line of the lab file's startup configuration is refused; the text names node and line.

    ``number`` counts the node's lines from 0.
    """

    def __init__(self, node: str, number: int, problem: str) -> None:
        self.node, self.number = node, number
        super().__init__(f"{node}: {problem}")


class Node:
    """``shell`` opens a session; ``config`` is what SNMP and the world read. ``world`` answers the rest."""

    def __init__(self, spec: NodeSpec, clock: Clock, username: str, password: str) -> None:
        self.spec, self.clock = spec, clock
        self._world: World | None = None
        self.username, self.password = username, password
        self.release = hardware.RELEASES[spec.profile]
        self.model = hardware.model(spec.model)
        self.faults = NodeFaults()
        self.flash = Flash()
        engine = hardware.engine_id(spec.address)
        self.config = Configuration(platform_of(spec.profile, spec.model, engine), clock.now)
        self.checkpoints = Checkpoints()
        self.commits = Commits()
        self.scheduler = Scheduler()
        self.replacement: Replacement | None = None
        """The last ``configure replace``."""
        self.telemetry = TelemetryStatus()
        self.startup: Section | None = None
        self.sessions: list[Shell] = []
        self.config_sessions: dict[str, AclSession] = {}
        self.accounting: deque[Accounted] = deque(maxlen=KEPT)
        self.connections: set[Connection] = set()
        self.terminals: set[asyncio.Task[None]] = set()
        """What serves the sessions that are open."""
        self.journal: Journal | None = None
        """The log file; there once the lab has connected the node."""

    # -- life -----------------------------------------------------------------------------------

    def boot(self) -> None:
        """Load the factory configuration and the lab file's lines, and save them. Raises StartupError."""
        lines = self.spec.startup
        whole = any(line.startswith("version ") for line in lines)
        self.config.clear()
        if not whole:
            self._load(factory_config(self.spec, self.username, self.password).splitlines())
            self.config.made_hashes.add(self._hash(self.username) or "")
        self._load(lines)
        if ("vdc", self.config.hostname, "id", "1") not in self.config.root.entries:
            self._load((f"vdc {self.config.hostname} id 1",))
        self.config.changed_at = 0.0
        self.startup = self.config.root.copy()
        self.flash.now = self.clock.now()

    async def hang_up(self) -> None:
        """Cut every SSH connection and wait until they are gone."""
        connections = list(self.connections)
        for connection in connections:
            connection.abort()
        for connection in connections:
            await connection.wait_closed()
        terminals = list(self.terminals)
        for terminal in terminals:
            terminal.cancel()
        if terminals:
            await asyncio.wait(terminals)

    def reboot(self) -> None:
        """Running becomes startup. Checkpoints stay, unless the startup configuration was erased.

        Timers are gone: what was not confirmed is not in the startup configuration either.
        """
        self.replacement, self.commits.trial = None, None
        self.config_sessions.clear()
        if self.startup is not None:
            self.config.restore(self.startup)
        else:
            self.checkpoints = Checkpoints()
            self.config.clear()
            self._load(factory_config(self.spec, self.username, self.password).splitlines())
        self.config.changed_at = 0.0
        self.release = booted_release(self)
        self.plan()

    def become(self, root: Section, at: float | None = None) -> None:
        """Running becomes a copy of ``root``; sessions stand at the top of configuration mode."""
        self.config.restore(root)
        if at is not None:
            self.config.changed_at = at
        for shell in self.sessions:
            if shell.configuring is not None:
                shell.configuring.top()
        self.plan()

    def _load(self, lines: tuple[str, ...] | list[str]) -> None:
        session = ConfigSession(self.config)
        for number, line in enumerate(lines):
            reply = session.feed(line)
            if reply.error:
                said = " ".join(reply.text.split())
                problem = f"startup line {line.strip()!r} is refused: {said}"
                raise StartupError(self.spec.name, number, problem)

    @property
    def world(self) -> World:
        """Wiring, neighbours, environment; there once the lab has connected the node."""
        assert self._world is not None, "connect the node first"  # noqa: S101 - a mistake of the builder
        return self._world

    def reachable(self) -> bool:
        """Does the management port answer? Not without power, nor while it is shut down."""
        self.wake()  # a timer may just have brought the port back
        if not self.config.interface("mgmt0").admin_up or not self.world.powered(self.spec.name):
            return False
        return self.world.answers(self.spec.name)

    def wake(self) -> None:
        """Let the timers ring that are due."""
        if self.world.due() <= self.clock.now():
            self.world.refresh()

    def plan(self) -> None:
        """Plan the scheduler's jobs anew when the configuration has changed."""
        if self.scheduler.planned != self.config.version:
            self.scheduler.plan(self, self.clock.now())

    def powered(self) -> bool:
        return self.world.powered(self.spec.name)

    def booted_at(self) -> float:
        return self.world.booted_at(self.spec.name)

    def connect(self, world: World) -> None:
        self._world = world
        self.flash.full = lambda: self.spec.name in world.board.of(BootflashFull)

    # -- sessions -------------------------------------------------------------------------------

    def shell(self, user: str) -> Shell:
        return Shell(self, user)

    def authenticate(self, user: str, password: str) -> bool:
        """Check against the configuration; a hash made elsewhere is answered by the lab's password."""
        self.wake()
        if self.faults.refuses_login():
            return False
        hashed = self._hash(user)
        if hashed is None:
            return False
        if check_password(password, hashed):
            return True
        return hashed not in self.config.made_hashes and user == self.username and password == self.password

    def holds_key(self, user: str, key: bytes) -> bool:
        """Is it the key of ``username U sshkey …``? ``key`` is the public key as SSH sends it."""
        line = self.config.root.value("username", user, "sshkey") or ""
        words = line.split()
        if len(words) < 2 or self.faults.refuses_login():
            return False
        try:
            return base64.b64decode(words[1], validate=True) == key
        except binascii.Error:
            return False

    def role(self, user: str) -> str:
        """``network-operator`` for users that the configuration gives no role."""
        value = self.config.root.value("username", user) or ""
        return value.rpartition(" role ")[2] if " role " in value else "network-operator"

    def _hash(self, user: str) -> str | None:
        value = self.config.root.value("username", user)
        return value.removeprefix("password 5 ").partition(" ")[0] if value else None

    # -- configuration as text ------------------------------------------------------------------

    def stamp(self, at: float | None = None) -> str:
        return time.strftime("%a %b %e %H:%M:%S %Y", time.gmtime(self.local_time(at)))

    def local_time(self, at: float | None = None) -> float:
        """What the switch's own clock says at a moment, now when none is given."""
        skew = self._world.offset_seconds(self.spec.name) if self._world else 0.0
        return (self.clock.now() if at is None else at) + skew

    def header(self, command: str, extra: str = "") -> str:
        """The lines above a configuration."""
        lines = ["", f"!Command: {command}"]
        if not self.spec.profile.startswith("n7k"):
            changed = self.config.changed_at
            lines.append(
                f"!Running configuration last done at: {self.stamp(changed)}"
                if changed
                else "!No configuration change since last restart"
            )
        lines += [f"!Time: {self.stamp()}", *([extra] if extra else []), "", self.version_line(), ""]
        return "\n".join(lines)

    def version_line(self) -> str:
        if self.spec.profile.startswith("n7k"):
            return f"version {self.release.version}"
        return f"version {self.release.version} Bios:version {self.release.bios} "

    def running_text(self, command: str, *, full: bool = False) -> str:
        return self.header(command) + "\n".join(self.config.lines_of(full=full)) + "\n"

    def startup_lines(self) -> list[str]:
        if self.startup is None:
            return []
        other = self.scratch()
        other.root = self.startup
        return other.lines_of()

    def startup_text(self) -> str | None:
        """None after ``write erase``."""
        if self.startup is None:
            return None
        saved = f"!Startup config saved at: {self.stamp(self.config.saved_at or self.booted_at())}"
        return self.header("show startup-config", saved) + "\n".join(self.startup_lines()) + "\n"

    def scratch(self) -> Configuration:
        """An empty configuration of the same platform."""
        return Configuration(self.config.platform, self.clock.now)

    def save(self) -> None:
        self.startup = self.config.root.copy()
        self.config.saved_at = self.clock.now()

    def set_startup(self, text: str) -> None:
        other = self.scratch()
        session = ConfigSession(other)
        for line in text.splitlines():
            session.feed(line)
        self.startup = other.root

    def merge(self, text: str) -> list[str]:
        """Apply a file; returns what the switch says about lines it does not take."""
        session = ConfigSession(self.config)
        said = []
        for line in text.splitlines():
            refusal = self.faults.refusal(line)
            reply = session.feed(line)
            if refusal or reply.text:
                said.append(refusal or reply.text)
        return said

    def full_name(self) -> str:
        domain = self.config.root.value("ip", "domain-name")
        return f"{self.config.hostname}.{domain}" if domain else self.config.hostname
