"""Streams of a watch: gNMI to the switches that serve it, and the server that switches dial out to."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent import metrics
from agent.collect.gnmi import subscriber as gnmi
from agent.collect.gnmi.source import GnmiSource
from agent.collect.gnmi.trust import Door, Trust
from agent.collect.mdt import server as mdt
from agent.collect.mdt.server import MdtSource
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import grow_tree
from agent.collect.streaming.rules import Rules, standard_rules
from agent.errors import UsageError
from agent.flows.watch import Watch
from agent.metrics import Metric, Page, Sample
from agent.settings import Settings

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
KNOWN_CERTIFICATES = "known_certificates"
"""File of the pinned keys, in the state folder."""


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """Which streams, and how."""

    interval_seconds: float = 10.0
    """Sample interval of gNMI, for what has no interval of its own."""
    trust: Trust = field(default_factory=Trust)
    gnmi_user: str = "admin"
    mdt_listen: tuple[str, int] | None = None
    certificates: mdt.Certificates | None = None
    rules: Rules = field(default_factory=standard_rules)


def read_options(settings: Settings) -> StreamOptions:
    """Options of the settings. Raises UsageError for an address that is none."""
    certificates = None
    if settings.mdt_certificate is not None:
        if settings.mdt_key is None:
            raise UsageError("MOULIN_MDT_CERTIFICATE has no key. set MOULIN_MDT_KEY too")
        certificates = mdt.Certificates(settings.mdt_certificate, settings.mdt_key, settings.mdt_clients)
    return StreamOptions(
        settings.stream_interval_seconds,
        Trust(settings.gnmi_trust, settings.state / KNOWN_CERTIFICATES, settings.gnmi_ca),
        settings.gnmi_user,
        read_place(settings.mdt_listen) if settings.mdt_listen else None,
        certificates,
    )


def read_place(text: str) -> tuple[str, int]:
    """Address and port of ``HOST:PORT``.

    >>> read_place("[::1]:57500")
    ('::1', 57500)
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise UsageError(f"MOULIN_MDT_LISTEN {text!r} is not HOST:PORT. write it like 0.0.0.0:57500")
    return host.strip("[]"), int(port)


class Streams:
    """The sources that stream, and a clock that lets old values go."""

    name = "streams"

    def __init__(
        self,
        watch: Watch,
        secrets: Mapping[str, str],
        options: StreamOptions,
        chance: random.Random | None = None,
    ) -> None:
        self._watch, self._options = watch, options
        self._chance = chance or random.SystemRandom()
        self.gnmi: GnmiSource | None = None
        self.mdt: MdtSource | None = None
        self.remarks: tuple[str, ...] = ()
        """What does not stream, for a person."""
        try:
            self._follow_gnmi(secrets)
        except UsageError as exc:
            self.remarks = (f"no gNMI: {exc}",)
        if options.mdt_listen is not None:
            around = mdt.Around(options.rules, watch.clocks.unix, options.certificates)
            self.mdt = MdtSource(self._senders(), options.mdt_listen, around)
            self._join(self.mdt)

    def _join(self, source: GnmiSource | MdtSource) -> None:
        self._watch.add_source(source)
        self._watch.add_feed(source)

    def _follow_gnmi(self, secrets: Mapping[str, str]) -> None:
        """Stream from the targets that serve gNMI. Raises UsageError when their password is missing."""
        logins, options = self._logins(secrets), self._options
        if self.gnmi is not None:
            self.gnmi.renew(logins)
        elif logins:
            around = gnmi.Around(
                options.rules,
                grow_tree(options.rules),
                options.trust,
                options.interval_seconds,
                self._watch.clocks.unix,
                self._chance,
            )
            self.gnmi = GnmiSource(logins, around)
            self._join(self.gnmi)

    def _logins(self, secrets: Mapping[str, str]) -> list[gnmi.Login]:
        """Of switches that serve gNMI. Raises UsageError when their password is missing."""
        served = [target for target in self._watch.targets.values() if target.gnmi_port is not None]
        user = self._options.gnmi_user
        password = secrets[f"{user}_password"] if served else ""
        return [
            gnmi.Login(Door(one.device, one.address, one.gnmi_port or 0), user, password) for one in served
        ]

    def _senders(self) -> list[mdt.Sender]:
        return [
            mdt.Sender(one.device, frozenset((one.address, one.management)) - {""})
            for one in self._watch.targets.values()
        ]

    def renew(self) -> None:
        """Follow the targets of the watch; streams of those that did not change go on."""
        if self.mdt is not None:
            self.mdt.renew(self._senders())
        try:
            self._follow_gnmi(self._watch.secrets)
        except UsageError as exc:
            log.warning("gNMI stays as it was: %s", exc)

    async def run(self, stop: asyncio.Event) -> None:
        """Let time pass for what is held, until ``stop`` is set."""
        while not stop.is_set():
            for source in (self.gnmi, self.mdt):
                if source is not None:
                    source.tick(self._watch.clocks.unix())
            try:
                async with asyncio.timeout(TICK_SECONDS):
                    await stop.wait()
            except TimeoutError:
                continue

    def page(self) -> Page:
        """How every stream goes."""
        page = Page()
        for source in (self.gnmi, self.mdt):
            for held in source.held() if source is not None else ():
                for sample in describe(held, source.name if source is not None else ""):
                    page.add(sample)
        for reason, count in self.mdt.refused.items() if self.mdt is not None else ():
            page.add(Sample(metrics.STREAM_REFUSED, (reason,), count))
        return page


def describe(held: Held, source: str) -> list[Sample]:
    """How one stream goes."""
    numbers: list[tuple[Metric, float]] = [
        (metrics.STREAM_UP, int(held.up)),
        (metrics.STREAM_SERIES, sum(1 for _ in held.series())),
        (metrics.STREAM_UPDATES, held.updates),
        (metrics.STREAM_BYTES, held.bytes),
    ]
    if source == GnmiSource.name:
        numbers.append((metrics.STREAM_SYNCED, int(held.synced)))
    if held.at:
        numbers.append((metrics.STREAM_TIMESTAMP, round(held.at, 3)))
    return [
        *(Sample(metric, (held.device, source), value) for metric, value in numbers),
        *(
            Sample(metrics.STREAM_PROBLEMS, (held.device, source, problem), count)
            for problem, count in held.problems.items()
        ),
    ]


def attach_streams(
    watch: Watch,
    secrets: Mapping[str, str],
    options: StreamOptions,
    chance: random.Random | None = None,
) -> Streams:
    """Let the streams of its targets take part in a watch; they run when it does.

    A missing password of the gNMI user is a remark. Raises UsageError when the address for dial-out is taken.
    """
    if options.mdt_listen is not None:
        check_address(options.mdt_listen)
    streams = Streams(watch, secrets, options, chance)
    watch.add_feed(streams)
    watch.own_pages.append(streams.page)
    watch.on_reload.append(streams.renew)
    return streams


def check_address(listen: tuple[str, int]) -> None:
    """Raises UsageError when one cannot listen there."""
    host, port = listen
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as exc:
        raise UsageError(
            f"cannot listen on {host}:{port} for telemetry ({exc.strerror}). choose another address"
        ) from exc
