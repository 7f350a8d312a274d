"""Boxes that are no Nexus, through NAPALM's drivers: read, compare, merge on trial, confirm, go back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import napalm
from jnpr.junos.exception import ConnectError, RpcError
from napalm.base.exceptions import ConnectionException, NapalmException
from netmiko.exceptions import NetmikoBaseException
from pyeapi.eapilib import ConnectionError as EapiConnectionError
from pyeapi.eapilib import EapiError

from agent.errors import CommandRejectedError, DeviceError, LoginRefusedError, UnreachableError

DriverName = Literal["eos", "ios", "junos"]

_OURS = (NapalmException, EapiError, NetmikoBaseException, ConnectError, RpcError, OSError, ValueError)
_GONE = (ConnectionException, EapiConnectionError, ConnectError, OSError)
_ARCHIVE = re.compile(r"^archive\n(?: .*\n)* +path \S", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shield:
    """What a box does when we vanish in the middle of a change."""

    by_itself: bool
    words: str


SHIELDS: Mapping[str, Shield] = {
    "eos": Shield(True, "configuration session with a commit timer: the box goes back by itself"),
    "junos": Shield(True, "commit confirmed: the box goes back by itself"),
    "ios": Shield(True, "revert timer of its archive: the box goes back by itself"),
}
_ALWAYS: Mapping[str, Mapping[str, Any]] = {"eos": {"force_cfg_session_invalid": True}}
"""Else a session whose box is gone would be aborted again, whenever Python forgets the driver."""

BARE = Shield(
    False,
    "none: the box does NOT go back by itself, it keeps a rollback file ('archive' with 'path' changes that)",
)


@dataclass(frozen=True, slots=True)
class BoxAccess:
    """How to reach one box; neither ``repr`` nor any message shows the password."""

    name: str
    driver: DriverName
    host: str
    username: str
    password: str = field(repr=False)
    timeout_seconds: float = 30.0
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """NAPALM's ``optional_args``: ``port``, ``transport`` and the like."""


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """What a box is."""

    vendor: str
    model: str
    release: str
    serial: str
    uptime_seconds: float


def shield_of(driver: str, running: str) -> Shield:
    r"""The protection that the driver really has on this box; IOS has one only with its archive.

    >>> shield_of("ios", "hostname a\narchive\n path flash:before\n").by_itself
    True
    >>> shield_of("ios", "hostname a\n").by_itself
    False
    """
    if driver == "ios" and not _ARCHIVE.search(running if running.endswith("\n") else f"{running}\n"):
        return BARE
    return SHIELDS[driver]


class Box:
    """One session; ``load`` begins a candidate, which ``close`` throws away unless it was confirmed."""

    def __init__(self, access: BoxAccess) -> None:
        """Log in; raises UnreachableError or LoginRefusedError."""
        self._access = access
        self._driver = napalm.get_network_driver(access.driver)(
            access.host,
            access.username,
            access.password,
            timeout=int(access.timeout_seconds),
            optional_args={**_ALWAYS.get(access.driver, {}), **access.arguments},
        )
        with self._translated("log in"):
            self._driver.open()

    def facts(self) -> BoxFacts:
        """Raises DeviceError."""
        with self._translated("facts"):
            found = self._driver.get_facts()
        vendor, model, release, serial = (
            str(found[key]).strip() for key in ("vendor", "model", "os_version", "serial_number")
        )
        return BoxFacts(vendor, model, release, serial, float(found["uptime"]))

    def startup(self) -> str:
        """What a restart would begin with; empty where the driver cannot tell."""
        with self._translated("show startup-config"):
            return str(self._driver.get_config(retrieve="startup")["startup"])

    def on_trial(self) -> bool:
        """Whether a commit waits for its confirmation, whoever made it."""
        with self._translated("pending commits"):
            return bool(self._driver.has_pending_commit())

    def running(self, *, masked: bool = False) -> str:
        """The running configuration; ``masked`` hides secrets in the driver's own way."""
        with self._translated("show running-config"):
            return str(self._driver.get_config(retrieve="running", sanitized=masked)["running"])

    def load(self, text: str, *, whole: bool = False) -> str:
        """A candidate with the text merged, or of the text alone (``whole``); the box's own diff.

        It is empty when there is nothing to do. Raises CommandRejectedError when a line is refused, and then
        there is no candidate.
        """
        with self._translated("candidate"):
            if whole:
                self._driver.load_replace_candidate(config=text)
            else:
                self._driver.load_merge_candidate(config=text)
            return str(self._driver.compare_config()).strip()

    def discard(self) -> None:
        """Throw the candidate away."""
        with self._translated("discard"):
            self._driver.discard_config()

    def commit(self, seconds: int | None) -> None:
        """Commit the candidate; with ``seconds`` on trial, and the box goes back then unless confirmed."""
        with self._translated("commit"):
            self._driver.commit_config(revert_in=seconds)

    def confirm(self) -> None:
        """Make a commit on trial stand, and save it."""
        with self._translated("confirm"):
            self._driver.confirm_commit()

    def go_back(self) -> None:
        """Undo the last commit, on trial or not."""
        with self._translated("rollback"):
            self._driver.rollback()

    def close(self) -> None:
        """End the session; a candidate or trial that was not confirmed goes with it where the driver can."""
        with suppress(DeviceError), self._translated("close"):
            self._driver.close()

    @contextmanager
    def _translated(self, what: str) -> Iterator[None]:
        name = self._access.name
        try:
            yield
        except _OURS as exc:
            words = " ".join(str(exc).split())[:200].replace(self._access.password, "<hidden>")
            if "401" in words or "authenti" in words.lower():
                raise LoginRefusedError(name, "refuses user or password", hint="check the secret") from exc
            if isinstance(exc, _GONE):
                where = f"no answer at {self._access.host} ({what})"
                raise UnreachableError(name, where, hint="check address, port and API of the box") from exc
            hint = "correct the wanted text, then plan again"
            raise CommandRejectedError(name, f"{what} refused: {words}", hint=hint) from exc
