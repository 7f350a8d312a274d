"""What runs beside the polls of a watch: the ear for traps, keepers of events and accounts, the prober."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from socket import AF_INET, AF_INET6

from agent.collect.probes.ping import open_icmp
from agent.collect.snmp.backend import read_credentials
from agent.collect.syslog.known import city_lexicon
from agent.collect.syslog.meaning import Understanding
from agent.collect.syslog.stamp import zones_of
from agent.collect.traps.gate import plain_address
from agent.collect.traps.known import city_dictionary
from agent.errors import UsageError
from agent.flows.bookkeeping import Bookkeeper
from agent.flows.comparing import Comparing
from agent.flows.drifting import Drifting
from agent.flows.landmarks import Landmarks, read_changes
from agent.flows.newsdesk import Newsdesk, PollSoon
from agent.flows.notices import EventCounts, Keeper, Notices, Surroundings
from agent.flows.probing import Probing
from agent.flows.stream_news import StreamNews
from agent.flows.syslog import Syslog
from agent.flows.watch import Watch
from agent.intent.city import City
from agent.intent.expectation import Expectations, ExpectedProbe
from agent.intent.lab import syslog_listener, trap_listener
from agent.settings import Settings
from agent.store.events import EventStore
from agent.store.ledger import Ledger

OFF = "off"


def attend(watch: Watch, city: City, secrets: Mapping[str, str], settings: Settings) -> tuple[str, ...]:
    """Give a watch that is not yet open its feeds; remarks for a person, one line each.

    They follow the inventory when the watch takes it in anew. Raises UsageError when the address for traps
    that was asked for cannot be had, StoreError when the journal cannot be opened. An address that only
    follows from the inventory is a remark.
    """
    keeper = Keeper(watch.timeline, EventStore(settings.state, settings.journal), watch.clocks.unix)
    keeper.start()
    counts = EventCounts(keeper)
    watch.timeline.follow(counts.note)
    watch.own_pages.append(counts.page)
    watch.add_feed(keeper)
    _mark(watch, settings)
    bookkeeper = Bookkeeper(watch, Ledger(settings.state))
    bookkeeper.start()
    watch.own_pages.append(bookkeeper.page)
    watch.add_feed(bookkeeper)
    desk = Newsdesk(watch.timeline, _poller(watch))
    watch.add_feed(StreamNews(watch, desk))
    traps = _listen(watch, city, secrets, (settings, desk))
    logs = _read_logs(watch, city, settings, desk)
    return _probe(watch) + traps + logs + _compare(watch, settings, secrets)


def _mark(watch: Watch, settings: Settings) -> None:
    landmarks = Landmarks(read_changes(settings), watch.clocks.unix)
    landmarks.fill(watch.timeline.recent(watch.timeline.capacity))
    watch.timeline.follow(landmarks.note)
    watch.own_pages.append(landmarks.page)


def _compare(watch: Watch, settings: Settings, secrets: Mapping[str, str]) -> tuple[str, ...]:
    comparing = Comparing(settings, secrets)
    try:
        comparing.test()
    except UsageError as exc:
        return (f"drift is not checked: {exc}",)
    Drifting(watch, comparing).join()
    return ()


def _probe(watch: Watch) -> tuple[str, ...]:
    probes, remark = possible(watch.expectations.probes)
    probing = Probing(probes, watch.clocks, watch.timeline, _poller(watch))
    watch.add_feed(probing)
    watch.own_pages.append(probing.page)
    watch.on_reload.append(lambda: probing.renew(possible(watch.expectations.probes)[0]))
    return remark


def possible(probes: tuple[ExpectedProbe, ...]) -> tuple[tuple[ExpectedProbe, ...], tuple[str, ...]]:
    """The probes that this machine lets us do, and a remark: a ping that was not sent is no outage."""
    families = {AF_INET6 if ":" in probe.address else AF_INET for probe in probes if probe.method == "icmp"}
    try:
        for family in families:
            open_icmp(family)[0].close()
    except UsageError as exc:
        return tuple(probe for probe in probes if probe.method != "icmp"), (f"no pings: {exc}",)
    return probes, ()


def _poller(watch: Watch) -> PollSoon:
    """Polls soon who is still of the inventory."""

    def poll_soon(device: str, groups: frozenset[str]) -> None:
        with suppress(KeyError):
            watch.poll_soon(device, groups)

    return poll_soon


def _read_logs(watch: Watch, city: City, settings: Settings, desk: Newsdesk) -> tuple[str, ...]:
    wanted = settings.syslog_listen
    if wanted == OFF:
        return ()
    address = read_listen(wanted, "--syslog-listen") if wanted else syslog_listener(city)
    if address is None:
        return ()
    zone = city.about.timezone
    understanding = Understanding(city_lexicon(settings.inventory), zones_of(zone.name, zone.hours))
    syslog = Syslog(address, senders_of(watch.expectations), desk, understanding, watch.clocks)
    try:
        host, port = syslog.bind()
    except UsageError as exc:
        if wanted:
            raise
        return (f"no syslog: {exc}",)
    watch.add_feed(syslog)
    watch.own_pages.append(syslog.page)
    watch.on_reload.append(lambda: syslog.renew(senders_of(watch.expectations)))
    return (f"listening for syslog on {host}:{port}",)


def _listen(
    watch: Watch, city: City, secrets: Mapping[str, str], how: tuple[Settings, Newsdesk]
) -> tuple[str, ...]:
    settings, desk = how
    wanted = settings.traps_listen
    if wanted == OFF:
        return ()
    address = read_listen(wanted) if wanted else trap_listener(city)
    if address is None:
        return ()
    polled = (target.community for target in watch.expectations.polled)
    names = dict.fromkeys((city.about.snmp.community, *polled))
    surroundings = Surroundings(
        senders=senders_of(watch.expectations),
        credentials=[read_credentials(secrets[name]) for name in names],
        port_name=watch.polling.port_name,
        clocks=watch.clocks,
    )
    notices = Notices(address, surroundings, desk, dictionary=city_dictionary(settings.inventory))
    try:
        host, port = notices.bind()
    except UsageError as exc:
        if wanted:
            raise
        return (f"no traps: {exc}",)
    watch.add_feed(notices)
    watch.own_pages.append(notices.page)
    watch.on_reload.append(lambda: notices.renew(senders_of(watch.expectations)))
    return (f"listening for traps on {host}:{port}",)


def senders_of(expectations: Expectations) -> dict[str, str]:
    """Switch by each address that its traps may come from: where it is polled, mgmt0, its loopback."""
    found: dict[str, str] = {}
    for target in expectations.polled:
        for address in filter(None, (target.address, target.management, *target.aliases)):
            found.setdefault(plain_address(address), target.device)
    return found


def read_listen(text: str, option: str = "--traps-listen") -> tuple[str, int]:
    """Host and port of ``HOST:PORT``; port 0 takes a free one.

    >>> read_listen("0.0.0.0:9162"), read_listen("[::]:162")
    (('0.0.0.0', 9162), ('::', 162))
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise UsageError(f"{option} {text!r} is not HOST:PORT. write it like 0.0.0.0:9162, or off")
    return host.strip("[]"), int(port)
